using System.Collections.Concurrent;
using Vigil.Storage;
using Vigil.Storage.Sqlite;

namespace Vigil.Cluster.Tests.Grains.Support;

/// <summary>The store, with every write counted, and with failures at will.</summary>
internal sealed class CountingStore(SqliteStore store) : IVigilStore
{
    private readonly ConcurrentQueue<StateWrite> _writes = new();

    /// <summary>Gets or sets what happens to a write before it is made; throwing fails it.</summary>
    public Action<StateWrite> BeforeWrite { get; set; } = _ => { };

    /// <summary>Gets or sets what happens after a write is made and before its writer is told; throwing leaves the writer in doubt.</summary>
    public Action<StateWrite> AfterWrite { get; set; } = _ => { };

    public IReadOnlyCollection<StateWrite> Writes => _writes;

    public int WritesOf(StateKind kind, string id) => _writes.Count(write => write.Key == new StateKey(kind, id));

    public async Task<string> WriteAsync(StateWrite write)
    {
        BeforeWrite(write);

        // Counted before it is made: a reader of its event may count before its writer is told.
        _writes.Enqueue(write);
        var etag = await store.WriteAsync(write);
        AfterWrite(write);
        return etag;
    }

    /// <summary>Returns an execution's events once one of them fits.</summary>
    public async Task<ImmutableArray<StoredEvent>> EventsUntilAsync(string executionId, Func<StoredEvent, bool> fits, string what)
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        var events = ImmutableArray<StoredEvent>.Empty;
        var head = 0L;
        while (!events.Any(fits))
        {
            await store.WaitForEventAsync(head, patience.Token).OrFailAsync(
                $"{what}: there never was such an event; there were {string.Join(", ", events.Select(stored => $"{stored.Version} {stored.Type}"))}.");
            var page = await store.ReadEventsAsync(head, 1000, patience.Token);
            head = page[^1].Seq;
            events = events.AddRange(page.Where(stored => stored.ExecutionId == executionId));
        }

        return events;
    }

    /// <summary>Returns an execution's events once it has ended.</summary>
    public Task<ImmutableArray<StoredEvent>> EventsUntilEndAsync(string executionId) =>
        EventsUntilAsync(executionId, stored => stored.Type == ExecutionEventTypes.Ended, "the end");

    public Task OpenAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public Task<StoredState?> ReadAsync(StateKey key, CancellationToken cancellationToken = default) => store.ReadAsync(key, cancellationToken);

    public Task<string?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) =>
        store.FindByRemoteIdAsync(connection, remoteId, cancellationToken);

    public Task<ImmutableDictionary<string, string>> FindByRemoteIdsAsync(
        string connection, ImmutableArray<string> remoteIds, CancellationToken cancellationToken = default) =>
        store.FindByRemoteIdsAsync(connection, remoteIds, cancellationToken);

    public Task<ExecutionPage> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default) => store.ListAsync(query, cancellationToken);

    public Task<ImmutableArray<StoredState>> ReadStepsAsync(ImmutableArray<string> ids, CancellationToken cancellationToken = default) =>
        store.ReadStepsAsync(ids, cancellationToken);

    public Task<ImmutableDictionary<string, long>> ReadStepVersionsAsync(string executionId, CancellationToken cancellationToken = default) =>
        store.ReadStepVersionsAsync(executionId, cancellationToken);

    public Task<ImmutableDictionary<string, string>> ReadPayloadsAsync(
        string executionId, ImmutableArray<string> names, CancellationToken cancellationToken = default) =>
        store.ReadPayloadsAsync(executionId, names, cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadLiveAsync(string owner, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        store.ReadLiveAsync(owner, afterId, limit, cancellationToken);

    public Task<ImmutableArray<LiveRow>> ReadOrphansAsync(
        ImmutableArray<string> owners, string? afterId, int limit, CancellationToken cancellationToken = default) =>
        store.ReadOrphansAsync(owners, afterId, limit, cancellationToken);

    public Task SetOwnerAsync(ImmutableArray<string> executionIds, string owner) => store.SetOwnerAsync(executionIds, owner);

    public Task<ImmutableDictionary<ExecutionStatus, long>> CountByStatusAsync(CancellationToken cancellationToken = default) =>
        store.CountByStatusAsync(cancellationToken);

    public Task<ImmutableDictionary<string, long>> CountByAttentionAsync(CancellationToken cancellationToken = default) =>
        store.CountByAttentionAsync(cancellationToken);

    public Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default) => store.ReadEventHeadAsync(cancellationToken);

    /// <summary>Gets or sets the number of the first event that is kept, as if those before it had been removed.</summary>
    public long FirstKept { get; set; }

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default) =>
        store.ReadEventsAsync(Math.Max(afterSeq, FirstKept - 1), limit, cancellationToken);

    public Task<ImmutableArray<StoredEvent>> ReadEventsAsync(
        string executionId, long afterVersion, long afterSeq, int limit, CancellationToken cancellationToken = default) =>
        store.ReadEventsAsync(executionId, afterVersion, Math.Max(afterSeq, FirstKept - 1), limit, cancellationToken);

    public Task<long> ReadLastSeqAsync(CancellationToken cancellationToken = default) => store.ReadLastSeqAsync(cancellationToken);

    public Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken) => store.WaitForEventAsync(afterSeq, cancellationToken);

    public Task<ImmutableArray<StoredDelivery>> LeaseDeliveriesAsync(string worker, DateTimeOffset now, DateTimeOffset leaseUntil, int limit) =>
        store.LeaseDeliveriesAsync(worker, now, leaseUntil, limit);

    public Task SettleDeliveriesAsync(ImmutableArray<DeliveryOutcome> outcomes) => store.SettleDeliveriesAsync(outcomes);

    public Task<StoredReminder?> ReadReminderAsync(string grainId, string name) => store.ReadReminderAsync(grainId, name);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId) => store.ReadRemindersAsync(grainId);

    public Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end) => store.ReadRemindersAsync(begin, end);

    public Task<string> PutReminderAsync(StoredReminder reminder) => store.PutReminderAsync(reminder);

    public Task<bool> RemoveReminderAsync(string grainId, string name, string etag) => store.RemoveReminderAsync(grainId, name, etag);

    /// <summary>Does nothing: a silo that ends would close the store of the others with its container.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public ValueTask CloseAsync() => store.DisposeAsync();
}
