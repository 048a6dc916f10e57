namespace Vigil.Grains.Polling;

/// <summary>Reports poll results to execution grains, one call per execution at a time, repeated until it succeeds or the execution is forgotten.</summary>
internal sealed class ReportQueue(ConnectionScope scope, GrainCalls calls)
{
    /// <summary>Queues a report. While one is in flight, the next waits and is replaced by newer ones, but an observation only by an observation.</summary>
    public void Add(TrackedRun entry, LifecycleInput.Polled report)
    {
        // The report carries these counts, so they start again at zero.
        (entry.Polls, entry.Requests) = (0, 0);
        entry.ReportedAt = scope.Clock.Now;
        if (!entry.Reporting)
        {
            entry.Reporting = true;
            scope.Run(() => DeliverAsync(entry, report));
        }
        else if (entry.NextReport is { } waiting)
        {
            var kept = waiting is LifecycleInput.Observed && report is not LifecycleInput.Observed ? waiting : report;
            entry.NextReport = kept with { Polls = waiting.Polls + report.Polls, RequestShare = waiting.RequestShare + report.RequestShare, Attention = report.Attention };
        }
        else
        {
            entry.NextReport = report;
        }
    }

    private async Task DeliverAsync(TrackedRun entry, LifecycleInput.Polled first)
    {
        for (LifecycleInput.Polled? report = first; report is not null;)
        {
            var sent = report;
            var succeeded = await calls.ReportAsync(entry.Id, sent, () => !entry.Forgotten);
            lock (scope.Lock)
            {
                report = succeeded ? entry.NextReport : null;
                entry.NextReport = null;
                entry.Reporting = report is not null;
            }
        }
    }
}
