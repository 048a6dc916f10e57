using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Reads states of one kind by id. Requests that arrive during a read share the next one: a silo that accepts or takes over thousands of executions
/// requests each state separately, and a round trip for each would be the bottleneck.
/// </summary>
/// <param name="readers">The connections.</param>
/// <param name="sql">The query for the rows whose ids are in $1.</param>
/// <param name="stateOf">Converts a row into a state.</param>
internal sealed class PostgresStateReads(PostgresReaders readers, string sql, Func<NpgsqlDataReader, StoredState> stateOf)
{
    private const int MaxBatchSize = 100;
    private const int MaxConcurrentReads = 2;

    private readonly Lock _lock = new();
    private readonly Queue<Read> _waiting = new();
    private int _reading;

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

        return read.Result.Task.WaitAsync(cancellationToken);
    }

    private async Task ReadAllAsync()
    {
        while (TakeBatch() is { Length: > 0 } reads)
        {
            try
            {
                var rows = await readers.ReadAsync(
                    (connection, cancel) => connection.AllAsync(sql, stateOf, cancel, Texts(reads.Select(read => read.Id))), CancellationToken.None);
                var states = rows.ToDictionary(state => state.Id);
                Array.ForEach(reads, read => read.Result.SetResult(states.GetValueOrDefault(read.Id)));
            }
            catch (Exception error)
            {
                Array.ForEach(reads, read => read.Result.TrySetException(error));
            }
        }
    }

    private Read[] TakeBatch()
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
        public TaskCompletionSource<StoredState?> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
