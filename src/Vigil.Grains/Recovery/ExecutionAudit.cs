using Vigil.Grains.Polling;

namespace Vigil.Grains.Recovery;

/// <summary>
/// Compares the live executions in the store with those that are actually watched, and queues the difference to be woken. It compares states and does not
/// depend on noticing that a silo left, so a full restart needs no code of its own.
/// </summary>
internal sealed partial class ExecutionAudit(IVigilStore store, SiloPoller poller, SiloMembers members, WakeQueue wakes, ILogger<ExecutionAudit> logger)
{
    private const int PageSize = 1000;

    /// <summary>Runs one pass. Completes when all wakes are queued, not when they are done.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var own = await QueueOwnAsync(cancellationToken);
        var orphans = await QueueOrphansAsync(members.Active, cancellationToken);
        if (own + orphans > 0)
        {
            LogWoke(own, orphans);
        }
    }

    // Rows owned by this silo that its pollers do not know, because an activation or a call to the poller was lost.
    private Task<int> QueueOwnAsync(CancellationToken cancellationToken) => QueueAsync(
        afterId => store.ReadLiveAsync(members.Self, afterId, PageSize, cancellationToken),
        row => !poller.Knows(row.Connection, row.ExecutionId));

    // Rows whose silo is gone. Each silo wakes its share; a silo that joins or leaves changes the shares but leaves no row out.
    private Task<int> QueueOrphansAsync(ImmutableArray<string> active, CancellationToken cancellationToken)
    {
        var index = active.IndexOf(members.Self);
        return index < 0
            ? Task.FromResult(0)
            : QueueAsync(
                afterId => store.ReadOrphansAsync(active, afterId, PageSize, cancellationToken),
                row => IdHash.Of(row.ExecutionId) % (ulong)active.Length == (ulong)index);
    }

    private async Task<int> QueueAsync(Func<string?, Task<ImmutableArray<LiveRow>>> readPage, Func<LiveRow, bool> mustWake)
    {
        var queued = 0;
        string? afterId = null;
        ImmutableArray<LiveRow> page;
        do
        {
            page = await readPage(afterId);
            queued += page.Count(row => mustWake(row) && wakes.Add(row));
            afterId = page.IsEmpty ? null : page[^1].ExecutionId;
        }
        while (page.Length == PageSize);

        return queued;
    }

    [LoggerMessage(3001, LogLevel.Information, "The audit wakes {Own} unwatched executions of this silo and {Orphans} of silos that are gone")]
    private partial void LogWoke(int own, int orphans);
}
