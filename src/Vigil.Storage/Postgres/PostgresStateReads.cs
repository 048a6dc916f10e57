using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Reads states of one kind by their ids. Those that are asked for while reads are under way share the next one: a silo that accepts thousands of
/// executions, or takes them over, asks for each by itself, and a round trip for each would bound it more than any work does.
/// </summary>
/// <param name="readers">The connections.</param>
/// <param name="sql">Reads the rows whose ids are in $1.</param>
/// <param name="stateOf">Reads a row.</param>
internal sealed class PostgresStateReads(PostgresReaders readers, string sql, Func<NpgsqlDataReader, StoredState> stateOf)
{
    private const int MaxBatchSize = 100;
    private const int MaxConcurrentReads = 2;

    private readonly Lock _lock = new();
    private readonly Queue<Read> _waiting = new();
    private int _reading;

    /// <summary>Reads one state; null where there is none.</summary>
    public Task<StoredState?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var read = new Read(id);
        lock (_lock)
        {
            _waiting.Enqueue(read);
            if (_reading < MaxConcurrentReads)
            {
                _reading++;
                _ = ReadAllAsync();
            }
        }

        return read.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task ReadAllAsync()
    {
        while (Take() is { Length: > 0 } reads)
        {
            try
            {
                var rows = await readers.ReadAsync(
                    (connection, cancel) => connection.AllAsync(sql, stateOf, cancel, Texts(reads.Select(read => read.Id))), CancellationToken.None);
                var states = rows.ToDictionary(state => state.Id);
                Array.ForEach(reads, read => read.Answer.SetResult(states.GetValueOrDefault(read.Id)));
            }
            catch (Exception error)
            {
                Array.ForEach(reads, read => read.Answer.TrySetException(error));
            }
        }
    }

    private Read[] Take()
    {
        lock (_lock)
        {
            var reads = new Read[Math.Min(_waiting.Count, MaxBatchSize)];
            for (var i = 0; i < reads.Length; i++)
            {
                reads[i] = _waiting.Dequeue();
            }

            _reading -= reads.Length == 0 ? 1 : 0;
            return reads;
        }
    }

    private sealed record Read(string Id)
    {
        public TaskCompletionSource<StoredState?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
