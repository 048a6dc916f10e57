namespace Vigil.Cluster.Tests.Conformance.Copying;

/// <summary>Keeps what it is given, and gives what it keeps.</summary>
[Alias("conformance.ICopyGrain")]
internal interface ICopyGrain : IGrainWithStringKey
{
    [Alias("Keep")]
    Task KeepAsync(Node node);

    [Alias("GetKept")]
    Task<Node> GetKeptAsync();

    /// <summary>Changes its argument.</summary>
    [Alias("Rename")]
    Task RenameAsync(Node node, string name);

    /// <summary>Keeps a node in another grain, changes it here, and gets it back; and the other way round.</summary>
    [Alias("TryOther")]
    Task<string[]> TryOtherAsync(ICopyGrain other);

    [Alias("AreSame")]
    Task<bool> AreSameAsync(Node one, Node two);

    [Alias("EchoNode")]
    Task<Node> EchoNodeAsync(Node node);

    [Alias("EchoShape")]
    Task<Shape?> EchoShapeAsync(Shape? shape);

    [Alias("EchoShapes")]
    Task<Shape?[]> EchoShapesAsync(Shape?[] shapes);

    [Alias("EchoPlaces")]
    Task<Places> EchoPlacesAsync(Places places);

    [Alias("EchoPartly")]
    Task<Partly> EchoPartlyAsync(Partly partly);

    [Alias("EchoEverything")]
    Task<Everything> EchoEverythingAsync(Everything everything);

    [Alias("EchoText")]
    Task<string?> EchoTextAsync(string? text);

    [Alias("EchoBytes")]
    Task<byte[]> EchoBytesAsync(byte[] bytes);

    [Alias("EchoDictionary")]
    Task<Dictionary<string, int>> EchoDictionaryAsync(Dictionary<string, int> dictionary);

    [Alias("EchoList")]
    Task<List<string>> EchoListAsync(List<string> list);

    /// <summary>Returns what has no codec: "shape" or "list" of a type that nobody marked.</summary>
    [Alias("GetUnmarked")]
    Task<Shape> GetUnmarkedAsync();

    [Alias("EchoUnmarkedTo")]
    Task<string> SendUnmarkedToAsync(ICopyGrain other);

    [Alias("Nothing")]
    ValueTask<int?> GetNothingAsync();
}

internal sealed class CopyGrain : Grain, ICopyGrain
{
    private Node _kept = new();

    public Task KeepAsync(Node node)
    {
        _kept = node;
        return Task.CompletedTask;
    }

    public Task<Node> GetKeptAsync() => Task.FromResult(_kept);

    public Task RenameAsync(Node node, string name)
    {
        node.Name = name;
        node.Next.Add(new Node { Name = "added by the grain" });
        return Task.CompletedTask;
    }

    public async Task<string[]> TryOtherAsync(ICopyGrain other)
    {
        var mine = new Node { Name = "mine" };
        await other.KeepAsync(mine);
        mine.Name = "changed by the caller";
        var kept = await other.GetKeptAsync();
        var before = kept.Name!;
        kept.Name = "changed by the caller";
        var after = (await other.GetKeptAsync()).Name!;
        await other.RenameAsync(mine, "changed by the other");
        return [before, after, mine.Name];
    }

    public Task<bool> AreSameAsync(Node one, Node two) => Task.FromResult(ReferenceEquals(one, two));

    public Task<Node> EchoNodeAsync(Node node) => Task.FromResult(node);

    public Task<Shape?> EchoShapeAsync(Shape? shape) => Task.FromResult(shape);

    public Task<Shape?[]> EchoShapesAsync(Shape?[] shapes) => Task.FromResult(shapes);

    public Task<Places> EchoPlacesAsync(Places places) => Task.FromResult(places);

    public Task<Partly> EchoPartlyAsync(Partly partly) => Task.FromResult(partly);

    public Task<Everything> EchoEverythingAsync(Everything everything) => Task.FromResult(everything);

    public Task<string?> EchoTextAsync(string? text) => Task.FromResult(text);

    public Task<byte[]> EchoBytesAsync(byte[] bytes) => Task.FromResult(bytes);

    public Task<Dictionary<string, int>> EchoDictionaryAsync(Dictionary<string, int> dictionary) => Task.FromResult(dictionary);

    public Task<List<string>> EchoListAsync(List<string> list) => Task.FromResult(list);

    public Task<Shape> GetUnmarkedAsync() => Task.FromResult<Shape>(new UnmarkedShape("nobody knows me"));

    public async Task<string> SendUnmarkedToAsync(ICopyGrain other)
    {
        try
        {
            await other.EchoShapeAsync(new UnmarkedShape("nobody knows me"));
            return "nothing";
        }
        catch (Orleans.Serialization.CodecNotFoundException exception)
        {
            return exception.GetType().Name;
        }
    }

    public ValueTask<int?> GetNothingAsync() => ValueTask.FromResult<int?>(null);
}
