using Vigil.Storage;
using Vigil.Storage.Writing;

namespace Vigil.Tests.Lifecycle.Simulation.Storage;

/// <summary>The store of one silo: Vigil's write queue over the shared database. Its thread is the world's.</summary>
internal sealed class SiloStore : IVigilStore
{
    private readonly World _world;
    private readonly Silo _silo;
    private readonly WriteQueue _queue;

    public SiloStore(World world, Silo silo)
    {
        _world = world;
        _silo = silo;
        _queue = new(new DatabaseWriter(world, silo), new(), new Deaths(world, silo), ownThread: false);
    }

    public async Task<string> WriteAsync(StateWrite write)
    {
        var answer = _queue.EnqueueAsync(new WriteState(write));
        _silo.Post(_world.Between(0.001, 0.02), () => _queue.CommitNext());
        if (_world.Breakage.AnswersBeforeCommit)
        {
            return $"e{_world.Database.Writes + 1}";
        }

        var etag = await answer;
        if (_world.Strikes(0.5))
        {
            // It is durable, and what follows from it waits.
            await _silo.Delay(_world.Between(0.01, 5));
        }

        return etag;
    }

    public Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default) => ReachAsync(_world.Database.Read);

    public Task<ImmutableDictionary<string, string>> ReadPayloadsAsync(
        string executionId, ImmutableArray<string> names, CancellationToken cancellationToken = default) => ReachAsync(() =>
        _world.Database.ReadInput() is { } input ? ImmutableDictionary<string, string>.Empty.Add(Payload.Input, input) : ImmutableDictionary<string, string>.Empty);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public Task OpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableDictionary<string, string>> FindByRemoteIdsAsync(
        string connection, ImmutableArray<string> remoteIds, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default) =>
        ReachAsync(_world.Steps.StoredVersions);

    public Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<ImmutableArray<LiveRow>> ReadOrphansAsync(ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task SetOwnerAsync(ImmutableArray<string> executionIds, string owner) => throw new NotSupportedException();

    public Task<ImmutableDictionary<string, long>> CountByAttentionAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(
        string executionId, long afterVersion, long afterSeq, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<long> ReadLastSeqAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit) =>
        throw new NotSupportedException();

    public Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes) => throw new NotSupportedException();

    public Task<StoredReminder?> ReadReminderAsync(string grainId, string name) => throw new NotSupportedException();

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId) => throw new NotSupportedException();

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end) => throw new NotSupportedException();

    public Task<string> PutReminderAsync(StoredReminder reminder) => throw new NotSupportedException();

    public Task<bool> RemoveReminderAsync(string grainId, string name, string etag) => throw new NotSupportedException();

    private async Task<T> ReachAsync<T>(Func<T> read)
    {
        await _silo.Delay(_world.Between(0.001, 0.02));
        return _world.Strikes(0.5) ? throw new StoreException("The database cannot be reached.") : read();
    }

    /// <summary>At every point of a transaction its process may die.</summary>
    private sealed class Deaths(World world, Silo silo) : IWriteHook
    {
        public void Reached(WritePoint point)
        {
            if (world.Strikes(0.05))
            {
                world.Trace?.Invoke($"store: {silo.Name} dies at {point}");
                silo.Crash();
                throw new InvalidOperationException($"The process died at {point}.");
            }
        }
    }
}
