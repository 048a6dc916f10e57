namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Polls by id, one or many runs per request. A request is filled with the runs that are due and then with those due soonest, pulled forward by up to half
/// their interval, as far as the platform takes them in one request; it is never delayed to become fuller. A batch size that was refused grows back step
/// by step.
/// </summary>
internal sealed class ByIdPlan(ConnectionScope scope, RunTiming timing, PollHealth health) : IPollPlan
{
    private const int ConfirmationParts = 10;

    // After a refusal, and between two steps of growth.
    private static readonly TimeSpan RefusalDuration = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan GrowthInterval = TimeSpan.FromMinutes(1);

    private readonly List<TrackedRun> _passedOver = [];
    private readonly int _maxRuns = Math.Max(
        1, Math.Min(scope.Connection.Capabilities.FirstRunsPerPoll ?? int.MaxValue, scope.Connection.Capabilities.MaxRunsPerPoll));

    private int _runs;
    private int _proven;
    private TimeSpan _growsAt;
    private TimeSpan _confirmsAt;

    public int RunsPerRequest => _runs == 0 ? _maxRuns : _runs;

    public void Plan(TrackedRun run, TimeSpan due, Lane lane) => scope.Schedule.Set(run, due, lane);

    public void Drop(TrackedRun run) => scope.Schedule.Remove(run);

    public List<TrackedRun> Fill(TrackedRun first, TimeSpan now)
    {
        GrowBack(now);
        var batch = new List<TrackedRun>(RunsPerRequest) { first };
        if (IsAlone(first, now))
        {
            // Confirmations take at most a tenth of the budget: after an outage, all runs are found again by full requests.
            _confirmsAt = now + TimeSpan.FromMinutes(ConfirmationParts / scope.Polls.PerMinute);
            return batch;
        }

        var key = scope.Platform.BatchKey(first.Remote);
        while (batch.Count < RunsPerRequest && _passedOver.Count < RunsPerRequest && TakeNext(now) is { } run)
        {
            (MayJoin(run, now) && scope.Platform.BatchKey(run.Remote) == key ? batch : _passedOver).Add(run);
        }

        foreach (var run in _passedOver)
        {
            scope.Schedule.Set(run, run.Due, run.Lane);
        }

        _passedOver.Clear();
        return batch;
    }

    public void Learn(int refused, int accepted)
    {
        if (refused <= RunsPerRequest)
        {
            // A size that was tried to grow back falls to the one that was accepted before.
            _runs = Math.Clamp(_proven < refused ? Math.Max(_proven, accepted) : accepted, 1, RunsPerRequest);
            _growsAt = scope.Clock.Now + RefusalDuration;
        }
    }

    public TimeSpan? NextFor(TrackedRun run) => run.IsWaiting ? run.Due : null;

    private void GrowBack(TimeSpan now)
    {
        if (RunsPerRequest < _maxRuns && now >= _growsAt)
        {
            _proven = _runs;
            _runs = Math.Min(_maxRuns, _runs * 2);
            _growsAt = now + GrowthInterval;
        }
    }

    private bool MayJoin(TrackedRun run, TimeSpan now) =>
        !IsAlone(run, now) && (run.InFlight == 0 || (run.Due <= now && run.InFlight < TrackedRun.MaxInFlight));

    // Only a poll of a missing run alone can confirm that it is gone.
    private bool IsAlone(TrackedRun run, TimeSpan now) =>
        now < run.AloneUntil || (run.MissingSince is { } since && now >= _confirmsAt && health.CanProve(since, now));

    // Due runs are taken by lane; runs that are not due yet, by time alone.
    private TrackedRun? TakeNext(TimeSpan now)
    {
        if (scope.Schedule.TakeDue(now, Lane.Interactive) is TrackedRun due)
        {
            return due;
        }

        if (scope.Schedule.PeekSoonest(Lane.Interactive) is not TrackedRun soonest || soonest.Due - now > timing.Interval(soonest) / 2)
        {
            return null;
        }

        scope.Schedule.Remove(soonest);
        return soonest;
    }
}
