using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Statements that go to the server as one message. Without a BEGIN of its own the server makes them one transaction, which it ends itself:
/// it never waits, holding locks, for a process to say COMMIT.
/// </summary>
internal sealed class PostgresBatch(NpgsqlConnection connection) : IDisposable
{
    private readonly NpgsqlBatch _batch = connection.CreateBatch();
    private readonly List<Action<NpgsqlDataReader>?> _results = [];

    /// <summary>Adds a statement. It must have a result, if an empty one.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="result">Reads the result, before it is known that the transaction holds.</param>
    /// <param name="values">The values of $1, $2 and so on.</param>
    public void Add(string sql, Action<NpgsqlDataReader>? result, params ReadOnlySpan<NpgsqlParameter> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value);
        }

        _batch.BatchCommands.Add(command);
        _results.Add(result);
    }

    /// <summary>Carries all out; on return the transaction is durable.</summary>
    public void Execute()
    {
        if (_results.Count == 0)
        {
            return;
        }

        using var reader = _batch.ExecuteReader();
        foreach (var result in _results)
        {
            result?.Invoke(reader);
            reader.NextResult();
        }
    }

    public void Dispose() => _batch.Dispose();
}
