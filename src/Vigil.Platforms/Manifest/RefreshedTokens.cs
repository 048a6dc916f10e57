using Microsoft.Extensions.Logging;

namespace Vigil.Platforms.Manifest;

/// <summary>
/// The tokens of a connection: first the configured one, then those that it was refreshed to. If the configured token changes, it replaces the
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
    private volatile string _from;
    private string _old = "";

    public RefreshedTokens(
        ConnectionOptions connection, Uri? address, HttpClient http, TimeProvider time, IReadOnlyList<ITokenRefreshHandler> handlers, ILogger logger)
    {
        _connection = connection;
        _address = address;
        _handlers = handlers;
        _logger = logger;
        _time = time;
        _configured = new Credential(connection, time);
        _from = _configured.Get();
        _tokens = new AccessTokens(JsonWebToken.Read(_from), RefreshAsync, time);

        // The old token authenticates its own refresh: there is no other secret.
        _http = new PlatformHttp(
            connection,
            http,
            time,
            new PlatformDialect((headers, _) => PlatformDialect.Bearer(headers, _old), ManifestConnection.ReadError));
    }

    public ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        UseConfigured(_configured.Get());
        return _tokens.GetAsync(cancellationToken);
    }

    public async ValueTask<string?> RenewAsync(string refused, CancellationToken cancellationToken)
    {
        if (await _configured.RenewAsync(_from, cancellationToken) is { } changed && UseConfigured(changed))
        {
            return changed;
        }

        return await _tokens.RenewAsync(refused, cancellationToken);
    }

    public string Redact(string text) => _tokens.Redact(_configured.Redact(text));

    public void Dispose() => _tokens.Dispose();

    private bool UseConfigured(string configured)
    {
        if (configured == _from)
        {
            return false;
        }

        _from = configured;
        _tokens.Reset(JsonWebToken.Read(configured));
        return true;
    }

    /// <summary>Refreshes the token; never called concurrently.</summary>
    private async Task<AccessToken> RefreshAsync(AccessToken? old, CancellationToken cancellationToken)
    {
        if (_address is null)
        {
            return old!;
        }

        _old = old!.Value;
        var sentAt = _time.GetUtcNow();
        var token = await AccessTokens.RequestAsync(
            _http, new("The token refresh", HttpMethod.Post, _address), (value, _) => JsonWebToken.Read(value, madeAt: sentAt), Redact, cancellationToken);
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

    [LoggerMessage(LogLevel.Error, "A handler of refreshed tokens failed for connection {Connection}; the token is in use")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception, string connection);
}
