namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Reads the list of active runs at each cadence, and polls by id only the runs that are absent from it. If the list cannot be read, or takes more requests
/// than there are watched runs, all runs are polled by id.
/// </summary>
internal sealed class ActiveListPlan(ConnectionScope scope, RunTiming timing) : IPollPlan
{
    private static readonly TimeSpan RefusalDuration = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, TrackedRun> _byRemoteId = new(StringComparer.Ordinal);

    // For platforms that list an id in another letter case.
    private readonly Dictionary<string, TrackedRun> _inAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private int _requestsPerPass = 1;
    private TimeSpan _refusedUntil;

    public int RunsPerRequest => UsesList ? scope.Connection.Capabilities.MaxActivePage : 1;

    /// <summary>Gets a value indicating whether the list is available and takes no more requests than polling by id.</summary>
    public bool UsesList => _requestsPerPass <= Math.Max(1, scope.Runs.Count) && scope.Clock.Now >= _refusedUntil;

    public TimeSpan NextPass { get; set; }

    public void Plan(TrackedRun run, TimeSpan due, Lane lane)
    {
        _byRemoteId[run.Remote.RemoteId] = _inAnyCase[run.Remote.RemoteId] = run;
        if (!UsesList)
        {
            scope.Schedule.Set(run, due, lane);
            return;
        }

        // The run is not scheduled by itself; its due time is the earliest for polling it by id.
        scope.Schedule.Remove(run);
        run.Due = due;
    }

    public void Drop(TrackedRun run)
    {
        foreach (var runs in new[] { _byRemoteId, _inAnyCase })
        {
            if (runs.TryGetValue(run.Remote.RemoteId, out var current) && ReferenceEquals(current, run))
            {
                runs.Remove(run.Remote.RemoteId);
            }
        }
    }

    public List<TrackedRun> Fill(TrackedRun first, TimeSpan now) => [first];

    public void Learn(int refused, int accepted)
    {
        // Polls by id cover one run at a time.
    }

    public TimeSpan? NextFor(TrackedRun run) => run.IsWaiting ? run.Due : NextPass;

    public TrackedRun? Find(string remoteId) => _byRemoteId.GetValueOrDefault(remoteId) ?? _inAnyCase.GetValueOrDefault(remoteId);

    /// <summary>Records the number of requests of one full pass over the list.</summary>
    public void LearnLength(int requests)
    {
        _requestsPerPass = requests;
        ScheduleByIdUnlessListed();
    }

    /// <summary>Records that the platform refuses to return the list.</summary>
    public void Refuse()
    {
        _refusedUntil = scope.Clock.Now + RefusalDuration;
        ScheduleByIdUnlessListed();
    }

    private void ScheduleByIdUnlessListed()
    {
        if (UsesList)
        {
            return;
        }

        foreach (var run in scope.Runs.All)
        {
            if (!run.IsWaiting && run.InFlight == 0)
            {
                scope.Schedule.Set(run, timing.First(run), timing.LaneOf(run));
            }
        }
    }
}
