namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Reads the list of active runs at each cadence, and polls by id only the runs that are absent from it. If the list cannot be read, or takes more requests
/// than there are watched runs, all runs are polled by id; meanwhile the list is tried again after growing pauses.
/// </summary>
internal sealed class ActiveListPlan(ConnectionScope scope, RunTiming timing) : IPollPlan
{
    private static readonly Backoff Pauses = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)) { MinJitter = 1 };

    private readonly Dictionary<string, TrackedRun> _byRemoteId = new(StringComparer.Ordinal);

    // For platforms that list an id in another letter case.
    private readonly Dictionary<string, TrackedRun> _inAnyCase = new(StringComparer.OrdinalIgnoreCase);
    private int _requestsPerPass = 1;
    private int _pauses;
    private TimeSpan _triedAgainAt;

    public int RunsPerRequest => UsesList ? scope.Connection.Capabilities.MaxActivePage : 1;

    /// <summary>Gets a value indicating whether the list is available and takes no more requests than polling by id.</summary>
    public bool UsesList => _pauses == 0;

    /// <summary>Gets a value indicating whether the list is to be read now, because it is in use or to see whether it can be used again.</summary>
    public bool ReadsList => UsesList || scope.Clock.Now >= _triedAgainAt || (_requestsPerPass > 1 && _requestsPerPass <= scope.Runs.Count);

    /// <summary>Gets how many requests a pass may take; with more of them, polling by id is cheaper.</summary>
    public int MaxRequestsPerPass => Math.Max(1, scope.Runs.Count);

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

    /// <summary>Records that the whole list was read.</summary>
    public void Resume() => (_pauses, _requestsPerPass) = (0, 1);

    /// <summary>Records that the list cannot be used for a while. If it is too long, it is tried again as soon as enough runs are watched.</summary>
    /// <param name="requests">How many requests a pass over it takes; 1 if that is not why.</param>
    public void Pause(int requests)
    {
        _requestsPerPass = requests;
        _triedAgainAt = scope.Clock.Now + Pauses.Delay(Math.Min(++_pauses, 100), scope.Services.Random);
        foreach (var run in scope.Runs.All)
        {
            if (!run.IsWaiting && run.InFlight == 0)
            {
                scope.Schedule.Set(run, timing.First(run), timing.LaneOf(run));
            }
        }
    }
}
