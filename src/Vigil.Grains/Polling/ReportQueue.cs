namespace Vigil.Grains.Polling;

/// <summary>Tells execution grains what was seen: per execution one call at a time, in order, each until it lands or the execution is forgotten.</summary>
internal sealed class ReportQueue(ConnectionScope scope, GrainCalls calls)
{
    /// <summary>Queues a report. While another is on its way it waits, and a newer one takes its place; only something seen gives way to something seen.</summary>
    public void Tell(TrackedRun entry, LifecycleInput.Polled report)
    {
        // What the report counts is counted anew from here.
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
            entry.NextReport = kept with { Polls = waiting.Polls + report.Polls, RequestShare = waiting.RequestShare + report.RequestShare };
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
            var told = report;
            var landed = await calls.TellAsync(entry.Id, told, () => !entry.Forgotten);
            lock (scope.Lock)
            {
                report = landed ? entry.NextReport : null;
                entry.NextReport = null;
                entry.Reporting = report is not null;
            }
        }
    }
}
