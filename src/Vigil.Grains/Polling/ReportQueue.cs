namespace Vigil.Grains.Polling;

/// <summary>Tells execution grains what was seen: per execution one call at a time, in order, each until it lands or the execution is forgotten.</summary>
internal sealed class ReportQueue(ConnectionScope scope, GrainCalls calls)
{
    /// <summary>Queues a report. While another is on its way it waits, and a newer one takes its place; only something seen gives way to something seen.</summary>
    public void Tell(TrackedRun entry, PollReport report)
    {
        entry.ReportedAt = scope.Clock.Now;
        if (!entry.Reporting)
        {
            entry.Reporting = true;
            scope.Run(() => DeliverAsync(entry, report));
        }
        else if (entry.NextReport is { } waiting)
        {
            var kept = waiting.Seen is not null && report.Seen is null ? waiting : report;
            entry.NextReport = kept with { Polls = waiting.Polls + report.Polls, Requests = waiting.Requests + report.Requests };
        }
        else
        {
            entry.NextReport = report;
        }
    }

    private async Task DeliverAsync(TrackedRun entry, PollReport first)
    {
        for (PollReport? report = first; report is not null;)
        {
            var told = report;
            var landed = await calls.TellAsync(entry.Id, grain => grain.ObserveAsync(told), () => !entry.Forgotten);
            lock (scope.Lock)
            {
                report = landed ? entry.NextReport : null;
                entry.NextReport = null;
                entry.Reporting = report is not null;
            }
        }
    }
}
