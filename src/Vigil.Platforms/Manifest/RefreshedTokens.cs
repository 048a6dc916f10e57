using Microsoft.Extensions.Logging;

namespace Vigil.Platforms.Manifest;

/// <summary>
/// A connection's tokens: at first the configured one, then the ones obtained by refreshing it. If the configured token changes, it replaces the
/// refreshed one.
/// </summary>
internal sealed partial class RefreshedTokens : ISecretSource, IDisposable
{
    private readonly ConnectionOptions _connection;
    private readonly Uri? _address;
    private readonly IReadOnlyList<ITokenRefreshHandler> _handlers;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Credential _configured;
    private readonly AccessTokens _tokens;
    private readonly PlatformHttp _http;
    private volatile string _lastConfigured;
    private string _refreshing = "";

    public RefreshedTokens(
        ConnectionOptions connection, Uri? address, HttpClient http, TimeProvider time, IReadOnlyList<ITokenRefreshHandler> handlers, ILogger logger)
    {
        _connection = connection;
        _address = address;
        _handlers = handlers;
        _logger = logger;
        _time = time;
        _configured = new Credential(connection, time);
        _lastConfigured = _configured.Get();
        _tokens = new AccessTokens(JsonWebToken.Read(_lastConfigured), RefreshAsync, time);

        // The old token authenticates its own refresh; there is no other secret.
        _http = new PlatformHttp(
            connection,
            http,
            time,
            new PlatformDialect((headers, _) => PlatformDialect.Bearer(headers, _refreshing), ManifestConnection.ReadError));
    }

    public ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        UseConfigured(_configured.Get());
        return _tokens.GetAsync(cancellationToken);
    }

    public async ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken)
    {
        if (await _configured.RenewAsync(_lastConfigured, cancellationToken) is { } changed && UseConfigured(changed))
        {
            return changed;
        }

        return await _tokens.RenewAsync(refused, cancellationToken);
    }

    public string Redact(string text) => _tokens.Redact(_configured.Redact(text));

    public void Dispose() => _tokens.Dispose();

    private bool UseConfigured(string configured)
    {
        if (configured == _lastConfigured)
        {
            return false;
        }

        _lastConfigured = configured;
        _tokens.Reset(JsonWebToken.Read(configured));
        return true;
    }

    // Not called concurrently.
    private async Task<AccessToken> RefreshAsync(AccessToken? old, CancellationToken cancellationToken)
    {
        if (_address is null)
        {
            return old!;
        }

        _refreshing = old!.Value;
        var sentAt = _time.GetUtcNow();
        var token = await AccessTokens.RequestAsync(
            _http, new("The token refresh", HttpMethod.Post, _address), (value, _) => JsonWebToken.Read(value, issuedAt: sentAt), Redact, cancellationToken);
        foreach (var handler in _handlers)
        {
            try
            {
                await handler.OnTokenRefreshedAsync(_connection.Name, token.Value, cancellationToken);
            }
#pragma warning disable CA1031 // The host's code may throw anything, and the token is valid regardless.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogHandlerFailed(_logger, e, _connection.Name);
            }
        }

        return token;
    }

    [LoggerMessage(LogLevel.Error, "A token refresh handler failed for connection {Connection}; the new token is in use")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception, string connection);
}
