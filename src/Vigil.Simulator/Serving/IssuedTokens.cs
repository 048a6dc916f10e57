namespace Vigil.Simulator;

/// <summary>The tokens that a platform has issued in exchange for other credentials, each for a limited time.</summary>
internal sealed class IssuedTokens(SimulatedPlatforms world, string platform)
{
    private readonly ConcurrentDictionary<string, Token> _tokens = new();

    /// <summary>Adds a token; if it has a credential, it is valid only while that is accepted.</summary>
    public void Add(string token, DateTimeOffset expiresAt, string? credential = null) =>
        _tokens[token] = new Token(expiresAt, credential, world.Faults.NextNumber());

    /// <summary>Returns whether a credential is accepted: an issued token until it expires, or any other accepted secret.</summary>
    public bool Accepts(string? credential) => Find(credential) is { } token
        ? world.Time.GetUtcNow() < token.ExpiresAt && (token.Credential is null || world.Accepts(platform, token.Credential))
        : world.Accepts(platform, credential);

    /// <summary>Returns a token's sequence number among the fault rules; null if it was not issued here.</summary>
    public int? NumberOf(string? credential) => Find(credential)?.Number;

    /// <summary>Returns the credential for which a token was issued, even if it has expired; any other credential is returned as it is.</summary>
    public string? OriginOf(string? credential) => Find(credential) is { } token ? token.Credential : credential;

    public void Clear() => _tokens.Clear();

    private Token? Find(string? credential) => credential is null ? null : _tokens.GetValueOrDefault(credential);

    private sealed record Token(DateTimeOffset ExpiresAt, string? Credential, int Number);
}
