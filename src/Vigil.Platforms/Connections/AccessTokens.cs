namespace Vigil.Platforms;

/// <summary>
/// Tokens that expire. A new one is fetched before the old one expires, by a single request however many callers wait; a fetch that fails while
/// the old one is still valid is retried later.
/// </summary>
/// <param name="first">The first token, if there is one.</param>
/// <param name="fetch">Fetches a new token, given the old one; never called concurrently.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessTokens(AccessToken? first, Func<AccessToken?, CancellationToken, Task<AccessToken>> fetch, TimeProvider time)
    : ISecretSource, IDisposable
{
    private const int MinSecretLength = 4;

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // After a failed fetch, the token endpoint is not called again for this long, however many requests wait for a token.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _one = new(1);
    private volatile AccessToken? _token = first;
    private (long At, PlatformError Error)? _failure;

    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_token is { } token && !IsDue(token))
        {
            return token.Value;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return _token is { } present && !IsDue(present) ? present.Value : (await FetchAsync(cancellationToken)).Value;
        }
        catch (PlatformException) when (_token is { } present && IsValid(present))
        {
            return present.Value;
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var token = _token is { } present && present.Value != refused ? present : await FetchAsync(cancellationToken);
            return token.Value == refused ? null : token.Value;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Replaces the current token.</summary>
    public void Reset(AccessToken token) => _token = token;

    public string Redact(string text) => _token is { Value.Length: >= MinSecretLength } token ? text.Replace(token.Value, "***", StringComparison.Ordinal) : text;

    public void Dispose() => _one.Dispose();

    private async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        if (_failure is { } failure && time.GetElapsedTime(failure.At) < RetryDelay)
        {
            throw new PlatformException(failure.Error);
        }

        try
        {
            var token = await fetch(_token, cancellationToken);
            _failure = null;
            return _token = token;
        }
        catch (PlatformException e)
        {
            _failure = (time.GetTimestamp(), e.Error);
            throw;
        }
    }

    // A token with a lifetime shorter than the margin would always be due, so half its lifetime is the margin then.
    private bool IsDue(AccessToken token) =>
        token.ExpiresAt is { } end && time.GetUtcNow() >= end - (token.Life is { } life && life / 2 < Margin ? life / 2 : Margin);

    private bool IsValid(AccessToken token) => token.ExpiresAt is not { } end || time.GetUtcNow() < end;
}

/// <summary>A token and how long it is valid.</summary>
/// <param name="Value">The token that requests carry.</param>
/// <param name="ExpiresAt">When it expires; null if unknown.</param>
/// <param name="Life">Its whole lifetime; null if unknown.</param>
internal sealed record AccessToken(string Value, DateTimeOffset? ExpiresAt, TimeSpan? Life)
{
    /// <summary>Returns a text without the secret.</summary>
    public override string ToString() => $"token until {ExpiresAt:O}";
}
