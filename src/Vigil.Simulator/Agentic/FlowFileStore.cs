namespace Vigil.Simulator.Agentic;

/// <summary>The files that runs have written or that were uploaded, and the tokens for access to them.</summary>
internal sealed class FlowFileStore(SimulatedPlatforms world, string platform)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, StoredFile> _uploaded = new();
    private readonly ConcurrentDictionary<string, Token> _tokens = new();
    private long _lastToken;

    public static byte[] BytesOf(FileScript file) => file.Text is { } text ? Encoding.UTF8.GetBytes(text) : GeneratedBytes(file);

    /// <summary>Returns a download token for the file at a path; null if there is no file.</summary>
    public string? IssueDownload(string path) => Find(path) is null ? null : Issue(path, isUpload: false);

    public string IssueUpload(string path) => Issue(path, isUpload: true);

    public StoredFile? Open(string token) => PathOf(token, isUpload: false) is { } path ? Find(path) : null;

    /// <summary>Stores an upload; returns false if the token is unknown, used or expired.</summary>
    public bool TryStore(string token, StoredFile file)
    {
        if (PathOf(token, isUpload: true) is not { } path || !_tokens.TryRemove(token, out _))
        {
            return false;
        }

        _uploaded[path] = file;
        return true;
    }

    public void Clear()
    {
        _uploaded.Clear();
        _tokens.Clear();
    }

    public bool IsUploaded(string path) => _uploaded.ContainsKey(path);

    private StoredFile? Find(string path)
    {
        if (_uploaded.TryGetValue(path, out var uploaded))
        {
            return uploaded;
        }

        // Files of runs are not stored but derived from the script, as written by the last step that has ended.
        var parts = path.Split('/', 4);
        if (parts is not ["", "executions", var runId, var name] || world.Runs.Find(platform, runId) is not { } run)
        {
            return null;
        }

        var file = run.At(world.Time.GetUtcNow()).Steps.Where(step => step.EndedAt is not null).SelectMany(step => step.Script.Files).LastOrDefault(file => file.Name == name);
        return file is null ? null : new StoredFile(BytesOf(file), file.ContentType);
    }

    // Clients do not escape tokens and names in addresses, so tokens use only characters that need no escaping.
    private string Issue(string path, bool isUpload)
    {
        var key = Dice.Guid(Dice.SeedOf(path), (ulong)Interlocked.Increment(ref _lastToken)).ToString("N");
        _tokens[key] = new Token(path, world.Time.GetUtcNow() + TokenLifetime, isUpload);
        return key;
    }

    private string? PathOf(string token, bool isUpload) =>
        _tokens.TryGetValue(token, out var issued) && issued.IsUpload == isUpload && issued.ExpiresAt > world.Time.GetUtcNow() ? issued.Path : null;

    private static byte[] GeneratedBytes(FileScript file)
    {
        var bytes = new byte[file.SizeBytes];
        new Random(unchecked((int)Dice.SeedOf(file.Name))).NextBytes(bytes);
        return bytes;
    }

    internal sealed record StoredFile(byte[] Bytes, string ContentType);

    private sealed record Token(string Path, DateTimeOffset ExpiresAt, bool IsUpload);
}
