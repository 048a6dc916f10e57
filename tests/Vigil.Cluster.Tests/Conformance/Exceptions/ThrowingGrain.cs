namespace Vigil.Cluster.Tests.Conformance.Exceptions;

[GenerateSerializer, Alias("conformance.WireException")]
internal abstract class WireException(string code, string message) : Exception(message)
{
    [Id(0)]
    public string Code { get; } = code;
}

[GenerateSerializer, Alias("conformance.ItemException")]
internal sealed class ItemException(string item, int[] counts)
    : WireException("item", $"There is no item '{item}'.")
{
    [Id(0)]
    public string Item { get; } = item;

    [Id(1)]
    public int[] Counts { get; } = counts;

    /// <summary>Gets what is no part of the wire.</summary>
    [field: NonSerialized]
    public string? Unsent { get; init; }
}

[GenerateSerializer, Alias("conformance.OuterException")]
internal sealed class OuterException(string message, Exception inner) : Exception(message, inner);

/// <summary>An exception that nobody prepared for the wire.</summary>
internal sealed class UnmarkedException(string message, int number) : Exception(message)
{
    public int Number { get; } = number;
}

/// <summary>Throws by name.</summary>
[Alias("conformance.IThrowingGrain")]
internal interface IThrowingGrain : IGrainWithStringKey
{
    /// <summary>Throws before it returns a task.</summary>
    [Alias("ThrowAtOnce")]
    Task ThrowAtOnceAsync(string what);

    /// <summary>Throws after an await.</summary>
    [Alias("ThrowLater")]
    Task<int> ThrowLaterAsync(string what);

    [Alias("ThrowValue")]
    ValueTask<int> ThrowValueAsync(string what);

    /// <summary>Lets another grain throw.</summary>
    [Alias("ThrowThrough")]
    Task ThrowThroughAsync(IThrowingGrain other, string what);

    /// <summary>Lets another grain throw, and says what arrived here.</summary>
    [Alias("CatchFrom")]
    Task<string> CatchFromAsync(IThrowingGrain other, string what);

    [Alias("Count")]
    Task<int> CountAsync();
}

internal sealed class ThrowingGrain : Grain, IThrowingGrain
{
    private int _count;

    public Task ThrowAtOnceAsync(string what) => throw Make(what);

    public async Task<int> ThrowLaterAsync(string what)
    {
        await Task.Yield();
        throw Make(what);
    }

    public ValueTask<int> ThrowValueAsync(string what) => throw Make(what);

    public Task ThrowThroughAsync(IThrowingGrain other, string what) => other.ThrowLaterAsync(what);

    public async Task<string> CatchFromAsync(IThrowingGrain other, string what)
    {
        try
        {
            await other.ThrowLaterAsync(what);
            return "nothing";
        }
        catch (ItemException exception)
        {
            return $"{exception.GetType().Name}: {exception.Item}, {exception.Code}";
        }
    }

    public Task<int> CountAsync() => Task.FromResult(_count);

    private Exception Make(string what)
    {
        _count++;
        return what switch
        {
            "item" => new ItemException("hammer", [1, 2, 3]) { Unsent = "here" },
            "outer" => new OuterException("outside", new ItemException("nail", [])),
            "unmarked" => new UnmarkedException("nobody knows me", 42),
            "unmarked inside" => new OuterException("outside", new UnmarkedException("nobody knows me", 42)),
            "argument" => new ArgumentException("wrong", nameof(what)),
            "null" => new ArgumentNullException(nameof(what)),
            "range" => new ArgumentOutOfRangeException(nameof(what), 5, "too much"),
            "invalid" => new InvalidOperationException("not now", new FormatException("inside")),
            "missing" => new KeyNotFoundException("no key"),
            "supported" => new NotSupportedException("never"),
            "timeout" => new TimeoutException("too slow"),
            "cancelled" => new OperationCanceledException("stopped"),
            "io" => new IOException("no disk"),
            "http" => new HttpRequestException("no net"),
            "aggregate" => new AggregateException("several", new TimeoutException("one"), new ItemException("two", [])),
            _ => throw new ArgumentException($"There is no exception '{what}'.", nameof(what)),
        };
    }
}
