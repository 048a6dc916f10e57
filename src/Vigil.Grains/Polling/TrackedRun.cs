using System.Diagnostics.CodeAnalysis;

namespace Vigil.Grains.Polling;

/// <summary>A watched run. There are 100,000 of them, so it has plain fields and no collections. Guarded by the connection's lock.</summary>
internal sealed class TrackedRun : Scheduled
{
    /// <summary>How many polls of one run may be in flight, so that a slow platform neither stretches the cadence nor is flooded.</summary>
    public const int MaxInFlight = 2;

    public TrackedRun(ExecutionState state, TimeSpan addedAt)
    {
        Id = state.Id;
        AddedAt = addedAt;
        Status = state.Status;
        Remote = state.ToRemoteRun();
        Update(state);
    }

    public string Id { get; }

    public RemoteRun Remote { get; private set; }

    public int Attempt { get; private set; }

    /// <summary>Gets when its attempt began, from which its age is computed.</summary>
    public DateTimeOffset WatchedSince { get; private set; }

    public DateTimeOffset DeadlineAt { get; private set; }

    public TimeSpan AddedAt { get; }

    /// <summary>Gets or sets the fingerprint of the last reported answer; zero to report the next answer in any case.</summary>
    public ulong Fingerprint { get; set; }

    /// <summary>Gets or sets the hash of the last answer as sent by the platform; zero if unknown.</summary>
    public ulong AnswerHash { get; set; }

    /// <summary>Gets the hash of an answer that need not be parsed again; zero if the next one must be, to be reported.</summary>
    public ulong KnownAnswer => Fingerprint == 0 || Status.IsTerminal() || Trouble is not null ? 0 : AnswerHash;

    /// <summary>Gets or sets the last seen status.</summary>
    public ExecutionStatus Status { get; set; }

    public ExecutionProgress? Progress { get; set; }

    /// <summary>Gets or sets when the request of the newest answer was sent; the minimum value if there is none yet.</summary>
    public TimeSpan NewestLeftAt { get; set; } = TimeSpan.MinValue;

    public TimeSpan SentAt { get; set; }

    public TimeSpan ReportedAt { get; set; }

    /// <summary>Gets or sets when a hint last caused a poll.</summary>
    public TimeSpan NudgedAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Gets or sets when the last push message arrived.</summary>
    public TimeSpan PushedAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Gets or sets the polls since the last report.</summary>
    public int Polls { get; set; }

    /// <summary>Gets or sets the requests since the last report.</summary>
    public double Requests { get; set; }

    /// <summary>Gets or sets when the first poll left that did not return the run, although the platform answered; null if the last one did.</summary>
    public TimeSpan? MissingSince { get; set; }

    /// <summary>Gets or sets the number of polls in a row that could not be used.</summary>
    public byte Failures { get; set; }

    /// <summary>Gets or sets the reason, one of <see cref="AttentionReasons"/>, for which its last polls could not be used; null if they could.</summary>
    public string? Trouble { get; set; }

    /// <summary>Gets or sets how many polls in a row had that reason.</summary>
    public byte TroublePolls { get; set; }

    /// <summary>Gets or sets when the first of them left.</summary>
    public TimeSpan TroubleSince { get; set; }

    /// <summary>Gets or sets what was reported of it; null if nothing was, or a usable answer came since.</summary>
    public ExecutionAttention? Attention { get; set; }

    public byte InFlight { get; set; }

    /// <summary>Gets or sets a value indicating whether it came due while too many polls of it were in flight; it is polled as soon as one ends.</summary>
    public bool Deferred { get; set; }

    /// <summary>Gets or sets a value indicating whether a hint arrived while a poll was in flight; another poll follows.</summary>
    public bool NudgedInFlight { get; set; }

    /// <summary>Gets or sets until when it is polled alone, because it made a batch fail.</summary>
    public TimeSpan AloneUntil { get; set; }

    public bool Forgotten { get; set; }

    /// <summary>Gets or sets a value indicating whether a report to the grain is in flight.</summary>
    public bool Reporting { get; set; }

    /// <summary>Gets or sets the report that follows the one in flight.</summary>
    public LifecycleInput.Polled? NextReport { get; set; }

    public void Update(ExecutionState state)
    {
        if (Remote.RemoteId != state.RemoteId || Remote.Target != state.Target)
        {
            Remote = state.ToRemoteRun();
        }

        (Attempt, WatchedSince, DeadlineAt) = (state.Attempt, state.AttemptOpenedAt, state.DeadlineAt);
    }
}

/// <summary>The tracked runs of a connection on this silo, by execution id. Guarded by the connection's lock.</summary>
internal sealed class TrackedRuns
{
    private readonly Dictionary<string, TrackedRun> _byExecution = new(StringComparer.Ordinal);

    public int Count => _byExecution.Count;

    public IReadOnlyCollection<TrackedRun> All => _byExecution.Values;

    public bool TryGet(string executionId, [NotNullWhen(true)] out TrackedRun? entry) => _byExecution.TryGetValue(executionId, out entry);

    public void Add(TrackedRun entry) => _byExecution.Add(entry.Id, entry);

    public TrackedRun? Remove(string executionId)
    {
        if (!_byExecution.Remove(executionId, out var entry))
        {
            return null;
        }

        entry.Forgotten = true;
        return entry;
    }
}
