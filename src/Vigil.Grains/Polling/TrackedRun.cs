namespace Vigil.Grains.Polling;

/// <summary>
/// What the silo keeps of one watched run. There are 100,000 of them, so it is plain fields and no collections; the gate of its connection guards it.
/// </summary>
internal sealed class TrackedRun : Scheduled
{
    /// <summary>How many requests for one run may be on their way: a slow platform does not stretch the cadence, and is not flooded either.</summary>
    public const int MaxInFlight = 2;

    public TrackedRun(ExecutionState state, TimeSpan addedAt)
    {
        Id = state.Id;
        AddedAt = addedAt;
        Status = state.Status;
        Remote = state.RemoteRun;
        Take(state);
    }

    /// <summary>Gets the execution's id.</summary>
    public string Id { get; }

    /// <summary>Gets the run as the platform knows it.</summary>
    public RemoteRun Remote { get; private set; }

    public int Attempt { get; private set; }

    /// <summary>Gets when its attempt began, from which its age counts.</summary>
    public DateTimeOffset WatchedSince { get; private set; }

    public DateTimeOffset DeadlineAt { get; private set; }

    /// <summary>Gets when it was first watched here.</summary>
    public TimeSpan AddedAt { get; }

    /// <summary>Gets or sets the fingerprint of the last answer that was told; zero: tell the next, whatever it says.</summary>
    public ulong Fingerprint { get; set; }

    /// <summary>Gets or sets the hash of the last answer that was seen, as the platform sent it; zero where it is not known.</summary>
    public ulong AnswerHash { get; set; }

    /// <summary>Gets the hash of an answer that need not be read again; zero where the next must be, since it is to be told.</summary>
    public ulong KnownAnswer => Fingerprint == 0 || Status.IsTerminal() ? 0 : AnswerHash;

    /// <summary>Gets or sets where the run stood when it was last seen.</summary>
    public ExecutionStatus Status { get; set; }

    public ExecutionProgress? Progress { get; set; }

    /// <summary>Gets or sets when the request left whose answer is the newest; before every time until there is one.</summary>
    public TimeSpan NewestLeftAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Gets or sets when it was last asked about.</summary>
    public TimeSpan SentAt { get; set; }

    /// <summary>Gets or sets when it was last told about.</summary>
    public TimeSpan ReportedAt { get; set; }

    /// <summary>Gets or sets when a hint last caused a poll; hints are merged to one per quarter cadence.</summary>
    public TimeSpan NudgedAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Gets or sets when the platform last pushed something about it.</summary>
    public TimeSpan PushedAt { get; set; } = TimeSpan.MinValue;

    /// <summary>Gets or sets the polls since the last report.</summary>
    public int Polls { get; set; }

    /// <summary>Gets or sets the requests since the last report.</summary>
    public double Requests { get; set; }

    /// <summary>Gets or sets from when on, by the steady clock, a not-found confirms an earlier one; null where none is to be confirmed.</summary>
    public TimeSpan? ConfirmFrom { get; set; }

    /// <summary>Gets or sets the failures in a row.</summary>
    public byte Failures { get; set; }

    public byte InFlight { get; set; }

    /// <summary>Gets or sets a value indicating whether it came due while too many requests for it were on their way.</summary>
    public bool Deferred { get; set; }

    /// <summary>Gets or sets a value indicating whether a hint came while a request was on its way: one more poll follows it.</summary>
    public bool NudgedInFlight { get; set; }

    /// <summary>Gets or sets a value indicating whether it has sunk a batch and is asked about by itself since.</summary>
    public bool Alone { get; set; }

    /// <summary>Gets or sets a value indicating whether it is watched no more.</summary>
    public bool Forgotten { get; set; }

    /// <summary>Gets or sets a value indicating whether a report is on its way to the grain.</summary>
    public bool Reporting { get; set; }

    /// <summary>Gets or sets the report that follows the one on its way.</summary>
    public LifecycleInput.Polled? NextReport { get; set; }

    /// <summary>Takes over what the grain knows of the run.</summary>
    public void Take(ExecutionState state)
    {
        if (Remote.RemoteId != state.RemoteId || Remote.Target != state.Target)
        {
            Remote = state.RemoteRun;
        }

        (Attempt, WatchedSince, DeadlineAt) = (state.Attempt, state.AttemptOpenedAt, state.DeadlineAt);
    }
}
