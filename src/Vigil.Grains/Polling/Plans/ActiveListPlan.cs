namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Reads the list of the active ones at each cadence, and asks by id only for what is absent from it. Where the list cannot be read, or is longer
/// than the runs that are watched, they are asked for by id one by one.
/// </summary>
internal sealed class ActiveListPlan(ConnectionScope scope, RunTiming timing) : IPollPlan
{
    private static readonly TimeSpan TryListAgainAfter = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, TrackedRun> _byRemoteId = new(StringComparer.Ordinal);
    private int _requestsPerPass = 1;
    private TimeSpan _refusedUntil;

    public int RunsPerRequest => UsesList ? scope.Connection.Capabilities.MaxActivePage : 1;

    /// <summary>Gets a value indicating whether reading the list costs no more requests than asking by id.</summary>
    public bool UsesList => _requestsPerPass <= Math.Max(1, scope.Runs.Count) && scope.Clock.Now >= _refusedUntil;

    /// <summary>Gets or sets when the list will be read next.</summary>
    public TimeSpan NextPass { get; set; }

    public void Plan(TrackedRun run, TimeSpan due, Lane lane)
    {
        _byRemoteId[run.Remote.RemoteId] = run;
        if (!UsesList)
        {
            scope.Schedule.Set(run, due, lane);
            return;
        }

        // It waits for no moment of its own; its due time is the earliest one for asking about it by id.
        scope.Schedule.Remove(run);
        run.Due = due;
    }

    public void Drop(TrackedRun run)
    {
        if (_byRemoteId.TryGetValue(run.Remote.RemoteId, out var current) && ReferenceEquals(current, run))
        {
            _byRemoteId.Remove(run.Remote.RemoteId);
        }
    }

    public List<TrackedRun> Fill(TrackedRun first, TimeSpan now) => [first];

    public void Learn(int refused, int accepted)
    {
        // By id it asks for one at a time.
    }

    public TimeSpan? NextFor(TrackedRun run) => run.IsWaiting ? run.Due : NextPass;

    public TrackedRun? Find(string remoteId) => _byRemoteId.GetValueOrDefault(remoteId);

    /// <summary>Records how many requests one full pass over the list took.</summary>
    public void LearnLength(int requests)
    {
        _requestsPerPass = requests;
        GoByIdUnlessListed();
    }

    /// <summary>Records that the platform refuses the list as such.</summary>
    public void Refuse()
    {
        _refusedUntil = scope.Clock.Now + TryListAgainAfter;
        GoByIdUnlessListed();
    }

    private void GoByIdUnlessListed()
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
