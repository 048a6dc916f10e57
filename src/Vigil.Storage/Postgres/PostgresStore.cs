using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>A store in a PostgreSQL database, which any number of processes can share.</summary>
internal sealed partial class PostgresStore(PostgresSettings settings) : QueuedStore(settings.Limits), IVigilStore
{
    private readonly PostgresReaders _readers = new(settings);
    private PostgresStateReads? _executions;
    private PostgresStateReads? _steps;
    private PostgresEventTail? _tail;
    private PostgresStalledWriters? _stalled;

    public Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken)
    {
        ThrowIfNotOpen();
        return _tail!.WaitAsync(afterSeq, cancellationToken);
    }

    protected override async Task<WriteQueue> StartAsync(CancellationToken cancellationToken)
    {
        var head = await _readers.ReadAsync(PrepareAsync, cancellationToken);
        _executions = new(_readers, ExecutionSql, Execution);
        _steps = new(_readers, StepSql, StoreRows.State);
        _tail = new(head, cancel => _readers.ReadAsync(PostgresEvents.ReadHeadAsync, cancel), settings.Time, settings.OthersInterval);
        _stalled = new(_readers, settings);
        return new(new PostgresWriter(settings, _tail), settings.Limits, settings.Hook, settings.Health);
    }

    protected override async ValueTask StopAsync(WriteQueue? queue)
    {
        if (queue is not null)
        {
            await queue.DisposeAsync();
            await _tail!.DisposeAsync();
            await _stalled!.DisposeAsync();
        }

        await _readers.DisposeAsync();
    }

    private async Task<long> PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await PostgresSchema.MigrateAsync(connection, settings.Name, settings.Migrations, cancellationToken);
        await PostgresSchema.FoldCountersAsync(connection, cancellationToken);
        return await PostgresEvents.ReadHeadAsync(connection, cancellationToken);
    }
}
