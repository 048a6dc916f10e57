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

    public string Redact(string text) => _token is { } token ? Credential.Redact(text, token.Value) : text;

    public void Dispose() => _one.Dispose();

    /// <summary>Requests a token. Whatever fails, the request that needs the token was refused or has not been sent.</summary>
    /// <param name="http">Sends the request.</param>
    /// <param name="request">The request; its answer contains the token.</param>
    /// <param name="read">Reads when the token expires.</param>
    /// <param name="redact">Removes the secrets from the message of a failure that <paramref name="http"/> does not know.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public static async Task<AccessToken> RequestAsync(
        PlatformHttp http, PlatformRequest request, Func<string, JsonView, AccessToken> read, Func<string, string>? redact, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var body = answer.Json();
            return body["access_token"].Text(PlatformHttp.MaxAnswerBytes) is { } token && Credential.IsUsable(token)
                ? read(token, body)
                : throw answer.Unusable("it has no token");
        }
        catch (PlatformException e)
        {
            var kind = e.Error.Kind == PlatformErrorKind.Final ? PlatformErrorKind.Credential : e.Error.Kind;
            throw new PlatformException(e.Error with { Kind = kind, Message = redact?.Invoke(e.Error.Message) ?? e.Error.Message, CertainlyNotActedOn = true }, e);
        }
    }

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
