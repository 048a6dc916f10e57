using Npgsql;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>The trial's own PostgreSQL server, shared by the silos; its faults are a lock, cut connections and a crash.</summary>
internal sealed class PostgresTrialStore : ITrialStore
{
    private readonly PostgresServer _server;
    private readonly string _connection;
    private readonly TimeProvider _time;

    private PostgresTrialStore(PostgresServer server, string connection, TimeProvider time)
    {
        _server = server;
        _connection = connection;
        _time = time;
        Faults = [("database locked", LockAsync), ("database connections cut", CutAsync), ("database crashed", CrashAsync)];
    }

    public string? SkippedFaults => null;

    public IReadOnlyList<(string Name, Func<TimeSpan, Task> InjectAsync)> Faults { get; }

    public static async Task<PostgresTrialStore> CreateAsync(TimeProvider time)
    {
        var server = await PostgresServer.StartAsync(durable: true);
        return new(server, await server.CreateDatabaseAsync(), time);
    }

    public IEnumerable<KeyValuePair<string, string>> EnvironmentOf(int silo) =>
    [
        new("Vigil__Store__ConnectionString", _connection),
        new("Vigil__Clustering__ClusterId", "kill"),
        new("Vigil__Clustering__ServiceId", "kill"),
        new("Vigil__Clustering__Address", "127.0.0.1"),
        new("Vigil__Clustering__SiloPort", "0"),
        new("Vigil__Clustering__GatewayPort", "0"),
    ];

    /// <summary>Counts what a silo watches: starts that wait, or that nobody has confirmed yet, and runs.</summary>
    public async Task<(long Waiting, long Running)> CountLiveAsync(string owner, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync();
        await using var count = new NpgsqlCommand(
            "SELECT count(*) FILTER (WHERE remote_id IS NULL), count(*) FILTER (WHERE remote_id IS NOT NULL) FROM vigil.executions WHERE live AND owner = $1",
            connection);
        count.Parameters.Add(new() { Value = owner });
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Counts how often each execution has ended, by its events.</summary>
    public async Task<IReadOnlyList<(string ExecutionId, long Count)>> CountEndsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync();
        await using var count = new NpgsqlCommand(
            "SELECT id, (SELECT count(*) FROM vigil.events WHERE execution_id = id AND type = $1) FROM vigil.executions",
            connection);
        count.Parameters.Add(new() { Value = ExecutionEventTypes.Ended });
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        List<(string, long)> ends = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            ends.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return ends;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task LockAsync(TimeSpan length)
    {
        await using var other = await OpenAsync();
        await using var held = await other.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("LOCK TABLE vigil.executions IN ACCESS EXCLUSIVE MODE", other, held);
        await take.ExecuteNonQueryAsync();
        await Task.Delay(length, _time);
    }

    private async Task CutAsync(TimeSpan length)
    {
        await using var other = await OpenAsync();
        await using var cut = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'", other);
        await cut.ExecuteNonQueryAsync();
    }

    private async Task CrashAsync(TimeSpan length)
    {
        await _server.CrashAsync();
        await Task.Delay(length, _time);
        await _server.StartAgainAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection($"{_connection};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
