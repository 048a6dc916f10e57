using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Statements that are sent to the server as one message. Without an explicit BEGIN, the server runs them as one implicit transaction and commits it
/// itself, so it never holds locks while it waits for the process to send COMMIT.
/// </summary>
internal sealed class PostgresBatch(NpgsqlConnection connection) : IDisposable
{
    private readonly NpgsqlBatch _batch = connection.CreateBatch();
    private readonly List<Action<NpgsqlDataReader>?> _results = [];

    /// <summary>Adds a statement, which must return a result set, even if an empty one.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="result">Reads the result set, before the transaction is committed.</param>
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

    /// <summary>Executes the batch. On return the transaction is durable.</summary>
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
