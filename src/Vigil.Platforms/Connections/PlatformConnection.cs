namespace Vigil.Platforms;

/// <summary>One configured connection: its options, its platform, and the account behind them, opened when first used and once.</summary>
public sealed class PlatformConnection : IAsyncDisposable
{
    private readonly Lazy<IPlatformConnection> _connection;
    private readonly Lazy<HttpClient> _http;

    /// <summary>Describes a connection; nothing is opened before <see cref="Connection"/> is read.</summary>
    public PlatformConnection(ConnectionOptions options, IPlatform platform, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(time);
        Options = options;
        Platform = platform;
        _http = new(() => ConnectionHttpClient.Create(options));
        _connection = new(() => platform.Connect(options, _http.Value, time));
    }

    /// <summary>Gets the connection's name.</summary>
    public string Name => Options.Name;

    /// <summary>Gets what was configured.</summary>
    public ConnectionOptions Options { get; }

    /// <summary>Gets the kind of remote API.</summary>
    public IPlatform Platform { get; }

    /// <summary>Gets the open account.</summary>
    public IPlatformConnection Connection => _connection.Value;

    /// <summary>Gets what the platform lets a watcher do over this connection.</summary>
    public PlatformCapabilities Capabilities => Connection.Capabilities;

    /// <summary>Gets the time between two polls of a run: what is configured, else the platform's.</summary>
    public TimeSpan Cadence => Options.Cadence ?? Capabilities.Cadence;

    /// <summary>Gets how many requests may be sent: what is configured, else the platform's.</summary>
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
}
