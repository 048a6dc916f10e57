using Npgsql;
using Vigil.Testing;

namespace Vigil.Kill;

/// <summary>The trial's own PostgreSQL server, shared by the silos; it can be locked, its connections cut, and it can crash and stay down.</summary>
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
    }

    public string? WhyNoOutage => null;

    public string? WhyNoCut => null;

    /// <summary>Gets the port of the server.</summary>
    public int Port => _server.Port;

    public static async Task<PostgresTrialStore> CreateAsync(TimeProvider time)
    {
        var server = await PostgresServer.StartAsync(durable: true);
        return new(server, await server.CreateDatabaseAsync(), time);
    }

    public IEnumerable<KeyValuePair<string, string?>> SettingsOf(int silo) =>
    [
        new("Vigil:Store:ConnectionString", _connection),
        new("Vigil:Clustering:ClusterId", "kill"),
        new("Vigil:Clustering:ServiceId", "kill"),
        new("Vigil:Clustering:Address", "127.0.0.1"),
        new("Vigil:Clustering:SiloPort", "0"),
        new("Vigil:Clustering:GatewayPort", "0"),
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

    public async Task LockAsync(TimeSpan length)
    {
        await using var other = await OpenAsync();
        await using var held = await other.BeginTransactionAsync();
        await using var take = new NpgsqlCommand("LOCK TABLE vigil.executions IN ACCESS EXCLUSIVE MODE", other, held);
        await take.ExecuteNonQueryAsync();
        await Task.Delay(length, _time);
    }

    public async Task CutAsync()
    {
        await using var other = await OpenAsync();
        await using var cut = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'", other);
        await cut.ExecuteNonQueryAsync();
    }

    public async Task OutageAsync(TimeSpan length)
    {
        await _server.CrashAsync();
        await Task.Delay(length, _time);
        await _server.StartAgainAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection($"{_connection};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }
}
