namespace Vigil.Platforms;

/// <summary>
/// A token that expires. Its replacement is fetched shortly before, by a single request for all callers; if that fails while the old token is
/// still valid, the old one is used and the fetch is retried later.
/// </summary>
/// <param name="first">The first token, if there is one.</param>
/// <param name="fetch">Fetches a new token, given the old one; not called concurrently.</param>
/// <param name="time">The clock.</param>
internal sealed class AccessTokens(AccessToken? first, Func<AccessToken?, CancellationToken, Task<AccessToken>> fetch, TimeProvider time)
    : ISecretSource, IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    // After a failed fetch, the token endpoint is not called again for this long, however many requests wait for a token.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _fetchLock = new(1);
    private volatile AccessToken? _token = first;
    private (long At, PlatformError Error)? _failure;

    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_token is { } token && !IsDue(token))
        {
            return token.Value;
        }

        await _fetchLock.WaitAsync(cancellationToken);
        try
        {
            return _token is { } current && !IsDue(current) ? current.Value : (await FetchAsync(cancellationToken)).Value;
        }
        catch (PlatformException) when (_token is { } current && IsValid(current))
        {
            return current.Value;
        }
        finally
        {
            _fetchLock.Release();
        }
    }

    public async ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken)
    {
        await _fetchLock.WaitAsync(cancellationToken);
        try
        {
            var token = _token is { } current && current.Value != refused ? current : await FetchAsync(cancellationToken);
            return token.Value == refused ? null : token.Value;
        }
        finally
        {
            _fetchLock.Release();
        }
    }

    public void Reset(AccessToken token) => _token = token;

    public string Redact(string text) => _token is { } token ? Credential.Redact(text, token.Value) : text;

    public void Dispose() => _fetchLock.Dispose();

    /// <summary>Requests a token. Any failure is certainly not acted on: the request that needs the token was refused or has not been sent.</summary>
    public static async Task<AccessToken> RequestAsync(
        PlatformHttp http, PlatformRequest request, Func<string, JsonView, AccessToken> read, Func<string, string>? redact, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = response.Json();
            return body["access_token"].Exact(PlatformHttp.MaxResponseBytes) is { } token && Credential.IsUsable(token)
                ? read(token, body)
                : throw response.Unusable("it has no token");
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

    // If a token lives less than twice the margin, half its lifetime is the margin; otherwise it could always be due.
    private bool IsDue(AccessToken token) =>
        token.ExpiresAt is { } end && time.GetUtcNow() >= end - (token.Lifetime is { } lifetime && lifetime / 2 < Margin ? lifetime / 2 : Margin);

    private bool IsValid(AccessToken token) => token.ExpiresAt is not { } end || time.GetUtcNow() < end;
}

/// <summary>A token, when it expires, and its whole lifetime; null if unknown.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset? ExpiresAt, TimeSpan? Lifetime)
{
    // Without the secret.
    public override string ToString() => $"token until {ExpiresAt:O}";
}
