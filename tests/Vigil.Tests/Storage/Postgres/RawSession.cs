using Npgsql;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>A session beside the stores, to hold transactions open and to see who waits.</summary>
internal sealed class RawSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private RawSession(NpgsqlConnection connection) => _connection = connection;

    public NpgsqlConnection Connection => _connection;

    public static async Task<RawSession> OpenAsync(string database, string name = "test")
    {
        var connection = new NpgsqlConnection($"{database};Pooling=false;Application Name={name}");
        await connection.OpenAsync();
        return new(connection);
    }

    public async Task<int> RunAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<object?> ReadAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Waits until so many writers of stores wait for a lock.</summary>
    public async Task UntilWritersWaitAsync(int count = 1)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        const string Waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'vigil writer' AND wait_event_type = 'Lock' AND datname = current_database()";
        while ((long)(await ReadAsync(Waiting))! < count)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
