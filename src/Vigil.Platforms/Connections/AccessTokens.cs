namespace Vigil.Platforms;

/// <summary>
/// Tokens that run out. A new one is fetched before the old one ends, by one request however many wait; a fetch that fails while the old one
/// still holds is tried again later.
/// </summary>
/// <param name="first">The token to begin with, where there is one.</param>
/// <param name="fetch">Fetches a new token; it is handed the old one and runs one at a time.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessTokens(AccessToken? first, Func<AccessToken?, CancellationToken, Task<AccessToken>> fetch, TimeProvider time)
    : ISecretSource, IDisposable
{
    private const int ShortestSecret = 4;

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // However many requests wait for a token that cannot be had, whoever makes them is asked once in this time.
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(1);

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
        catch (PlatformException) when (_token is { } present && Holds(present))
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

    /// <summary>Begins again with another token.</summary>
    public void Reset(AccessToken token) => _token = token;

    public string Redact(string text) => _token is { Value.Length: >= ShortestSecret } token ? text.Replace(token.Value, "***", StringComparison.Ordinal) : text;

    public void Dispose() => _one.Dispose();

    private async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        if (_failure is { } failure && time.GetElapsedTime(failure.At) < TryAgainAfter)
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

    // A token that lives shorter than the margin would always be due; half its life is used then.
    private bool IsDue(AccessToken token) =>
        token.ExpiresAt is { } end && time.GetUtcNow() >= end - (token.Life is { } life && life / 2 < Margin ? life / 2 : Margin);

    private bool Holds(AccessToken token) => token.ExpiresAt is not { } end || time.GetUtcNow() < end;
}

/// <summary>A token and how long it holds.</summary>
/// <param name="Value">What requests carry.</param>
/// <param name="ExpiresAt">When it ends; null where unknown.</param>
/// <param name="Life">How long it holds from its making; null where unknown.</param>
internal sealed record AccessToken(string Value, DateTimeOffset? ExpiresAt, TimeSpan? Life)
{
    /// <summary>Returns nothing secret.</summary>
    public override string ToString() => $"token until {ExpiresAt:O}";
}
