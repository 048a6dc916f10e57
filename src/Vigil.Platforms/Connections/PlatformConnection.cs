namespace Vigil.Platforms;

/// <summary>One configured connection: its options, its platform, and the account, which is opened once, on first use.</summary>
public sealed class PlatformConnection : IAsyncDisposable
{
    private static readonly TimeSpan MaxConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Lazy<IPlatformConnection> _connection;
    private readonly Lazy<HttpClient> _http;

    /// <summary>Creates a connection that is opened when <see cref="Connection"/> is first read.</summary>
    public PlatformConnection(ConnectionOptions options, IPlatform platform, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(time);
        Options = options;
        Platform = platform;
        _http = new(() => CreateClient(options));
        _connection = new(() => platform.Connect(options, _http.Value, time));
    }

    /// <summary>Gets the connection's name.</summary>
    public string Name => Options.Name;

    /// <summary>Gets the configured options.</summary>
    public ConnectionOptions Options { get; }

    /// <summary>Gets the kind of remote API.</summary>
    public IPlatform Platform { get; }

    /// <summary>Gets the open account.</summary>
    public IPlatformConnection Connection => _connection.Value;

    /// <summary>Gets what the platform supports over this connection.</summary>
    public PlatformCapabilities Capabilities => Connection.Capabilities;

    /// <summary>Gets the time between two polls of a run: the configured one, or the platform's default.</summary>
    public TimeSpan Cadence => Options.Cadence ?? Capabilities.Cadence;

    /// <summary>Gets how many requests may be sent: the configured rates, or the platform's defaults.</summary>
    public RequestBudget Budget => new(
        Options.PollsPerMinute ?? Capabilities.DefaultBudget.PollsPerMinute,
        Options.StartsPerMinute ?? Capabilities.DefaultBudget.StartsPerMinute);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_connection.IsValueCreated)
        {
            await _connection.Value.DisposeAsync();
        }

        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    // Each connection has its own pool. Redirects are off because they could send the credential elsewhere.
    private static HttpClient CreateClient(ConnectionOptions connection)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = connection.RequestTimeout < MaxConnectTimeout ? connection.RequestTimeout : MaxConnectTimeout,

            // The IP address behind a platform's name may change while a silo runs for months.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 64,
        };

        // PlatformHttp applies a time-out that includes the body; HttpClient's own does not for streamed responses.
        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
