using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Silo;

/// <summary>Logs at the start what starts: a line each for version, store, silo, connections, keys and addresses.</summary>
internal sealed partial class Introduction(
    IOptions<VigilStoreOptions> store, ILocalSiloDetails silo, IOptions<ClusterOptions> cluster, PlatformConnections connections, IConfiguration configuration, ILogger<Introduction> logger)
{
    public void LogWhatStarts()
    {
        LogVersion(PrintVersion.Version, Environment.Version.ToString(), Environment.ProcessId);
        LogStore(Store);
        LogSilo(silo.Name, configuration.GetSection(Hosting.ClusteringOptions.SectionName).Exists()
            ? $"in cluster {cluster.Value.ClusterId}, reached by other silos at {silo.SiloAddress.Endpoint} and by clients at {silo.GatewayAddress.Endpoint}"
            : "alone");
        LogConnections(connections.All.Count == 0 ? "none" : string.Join(", ", connections.All.Select(connection => $"{connection.Name} ({connection.Platform.Name})")));
    }

    public void LogListening(IEnumerable<string> addresses)
    {
        LogCallers();
        LogAddresses(string.Join(", ", addresses));
    }

    private string Store => store.Value.ConnectionString is { } text && new NpgsqlConnectionStringBuilder(text) is var database
        ? $"PostgreSQL at {database.Host}:{database.Port}, database {database.Database ?? database.Username}"
        : $"SQLite in {Path.GetFullPath(store.Value.DataFolder)}";

    [LoggerMessage(1, LogLevel.Information, "Vigil {Version} on .NET {Runtime}, process {Process}")]
    private partial void LogVersion(string version, string runtime, int process);

    [LoggerMessage(2, LogLevel.Information, "Store: {Store}")]
    private partial void LogStore(string store);

    [LoggerMessage(3, LogLevel.Information, "Silo: {Silo}, {Cluster}")]
    private partial void LogSilo(string silo, string cluster);

    [LoggerMessage(4, LogLevel.Information, "Connections: {Connections}")]
    private partial void LogConnections(string connections);

    [LoggerMessage(5, LogLevel.Information, "Callers: not authenticated, so everyone who reaches the address can do everything")]
    private partial void LogCallers();

    [LoggerMessage(6, LogLevel.Information, "Vigil listens on {Addresses}")]
    private partial void LogAddresses(string addresses);
}
