using Vigil.Grains.Polling;

namespace Vigil.Grains.Recovery;

/// <summary>
/// Compares what the store says is live with what is really being watched, and has the difference woken. It compares states, so nobody has to see a
/// silo leave, and a full restart is the same code.
/// </summary>
internal sealed partial class ExecutionAudit(IVigilStore store, SiloPoller poller, SiloMembers members, WakeQueue wakes, ILogger<ExecutionAudit> logger)
{
    private const int PageSize = 1000;

    /// <summary>Does one pass: returns when all that must be woken is queued, not when it is awake.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        var own = await QueueOwnAsync(cancellationToken);
        var orphans = await QueueOrphansAsync(members.Active, cancellationToken);
        if (own + orphans > 0)
        {
            LogWoke(own, orphans);
        }
    }

    // Rows that name this silo and that its pollers do not know: an activation or a hand-over was lost.
    private Task<int> QueueOwnAsync(CancellationToken cancellationToken) => QueueAsync(
        afterId => store.ReadLiveAsync(members.Self, afterId, PageSize, cancellationToken),
        row => !poller.Knows(row.Connection, row.ExecutionId));

    // Rows whose silo is gone. Each silo wakes its part of them, so that one that joins or leaves shifts work but leaves none undone.
    private Task<int> QueueOrphansAsync(ImmutableArray<string> active, CancellationToken cancellationToken)
    {
        var place = active.IndexOf(members.Self);
        return place < 0
            ? Task.FromResult(0)
            : QueueAsync(
                afterId => store.ReadOrphansAsync(active, afterId, PageSize, cancellationToken),
                row => IdHash.Of(row.ExecutionId) % (ulong)active.Length == (ulong)place);
    }

    private async Task<int> QueueAsync(Func<string?, Task<ImmutableArray<LiveRow>>> readPage, Func<LiveRow, bool> mustWake)
    {
        var queued = 0;
        string? afterId = null;
        ImmutableArray<LiveRow> page;
        do
        {
            page = await readPage(afterId);
            queued += page.Count(row => mustWake(row) && wakes.Add(row.ExecutionId));
            afterId = page.IsEmpty ? null : page[^1].ExecutionId;
        }
        while (page.Length == PageSize);

        return queued;
    }

    [LoggerMessage(3001, LogLevel.Information, "The audit wakes {Own} executions of this silo that nobody watched and {Orphans} of silos that are gone")]
    private partial void LogWoke(int own, int orphans);
}
