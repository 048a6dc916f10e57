namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Polls by id, one or many runs per request. A request is filled with the runs that are due and then with those due soonest, pulled forward by up to half
/// their interval; it is never delayed to become fuller.
/// </summary>
internal sealed class ByIdPlan(Schedule schedule, RunTiming timing, PlatformCapabilities capabilities) : IPollPlan
{
    private readonly List<TrackedRun> _passedOver = [];

    public int RunsPerRequest { get; private set; } = Math.Max(1, Math.Min(capabilities.FirstRunsPerPoll ?? int.MaxValue, capabilities.MaxRunsPerPoll));

    public void Plan(TrackedRun run, TimeSpan due, Lane lane) => schedule.Set(run, due, lane);

    public void Drop(TrackedRun run) => schedule.Remove(run);

    public List<TrackedRun> Fill(TrackedRun first, TimeSpan now)
    {
        var batch = new List<TrackedRun>(RunsPerRequest) { first };
        while (!first.Alone && batch.Count < RunsPerRequest && _passedOver.Count < RunsPerRequest && TakeNext(now) is { } run)
        {
            (MayJoin(run, now) ? batch : _passedOver).Add(run);
        }

        foreach (var run in _passedOver)
        {
            schedule.Set(run, run.Due, run.Lane);
        }

        _passedOver.Clear();
        return batch;
    }

    public void Learn(int refused, int accepted)
    {
        if (refused <= RunsPerRequest)
        {
            RunsPerRequest = Math.Clamp(accepted, 1, RunsPerRequest);
        }
    }

    public TimeSpan? NextFor(TrackedRun run) => run.IsWaiting ? run.Due : null;

    private static bool MayJoin(TrackedRun run, TimeSpan now) =>
        !run.Alone && (run.InFlight == 0 || (run.Due <= now && run.InFlight < TrackedRun.MaxInFlight));

    // Due runs are taken by lane; runs that are not due yet, by time alone.
    private TrackedRun? TakeNext(TimeSpan now)
    {
        if (schedule.TakeDue(now, Lane.Interactive) is TrackedRun due)
        {
            return due;
        }

        if (schedule.PeekSoonest(Lane.Interactive) is not TrackedRun soonest || soonest.Due - now > timing.Interval(soonest) / 2)
        {
            return null;
        }

        schedule.Remove(soonest);
        return soonest;
    }
}
