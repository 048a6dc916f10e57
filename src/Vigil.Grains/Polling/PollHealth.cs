namespace Vigil.Grains.Polling;

/// <summary>
/// Notices which runs of a connection cannot be followed, and whether it has any usable answers at all. Guarded by the connection's lock.
/// </summary>
internal sealed class PollHealth(ConnectionScope scope)
{
    /// <summary>How long an unknown status with an end time may be a platform's word for an end that it has not finished writing.</summary>
    private static readonly TimeSpan UnknownStatusAge = TimeSpan.FromSeconds(30);

    private int _failures;
    private TimeSpan _failingSince;

    /// <summary>Gets when the newest request left that returned a run; the minimum value before the first one.</summary>
    public TimeSpan SeenAt { get; private set; } = TimeSpan.MinValue;

    /// <summary>Gets since when no poll had a usable answer, once several had none; null otherwise, and while nothing is polled.</summary>
    public DateTimeOffset? FailingSince => _failures >= LifecycleLimits.FailuresBeforeAttention && scope.Runs.Count > 0 ? Utc(_failingSince) : null;

    public int Attention => scope.Runs.All.Count(run => run.Attention is not null);

    /// <summary>Returns whether, as far as is known, a further not-found could prove that a run is gone.</summary>
    public bool CanProve(TimeSpan missingSince, TimeSpan now) =>
        SeenAt > missingSince || now - missingSince >= scope.Services.Options.NotFoundConfirmation * LifecycleLimits.UnprovenFactor;

    /// <summary>Records a poll that returned the run.</summary>
    public void Seen(TrackedRun run, TimeSpan leftAt)
    {
        _failures = 0;
        SeenAt = leftAt > SeenAt ? leftAt : SeenAt;
        (run.Failures, run.MissingSince) = (0, null);
    }

    /// <summary>Records that nothing is wrong with the run.</summary>
    public static void Clear(TrackedRun run) => (run.Trouble, run.TroublePolls, run.Attention) = (null, 0, null);

    /// <summary>Records a poll that could not be used. Returns whether the run now needs attention for this reason, and is to be reported.</summary>
    public bool Failed(TrackedRun run, string reason, string error, TimeSpan leftAt)
    {
        _failingSince = _failures++ == 0 ? leftAt : _failingSince;
        run.Failures = (byte)Math.Min(run.Failures + 1, 100);
        return Note(run, reason, error, leftAt);
    }

    /// <summary>Records a status word that is unknown although the run has an end time. What it shows is part of the report of the answer.</summary>
    public void Unknown(TrackedRun run, string rawStatus, TimeSpan leftAt) => Note(
        run, AttentionReasons.UnknownStatus, $"The run has an end time, but its status '{rawStatus}' is not known.", leftAt);

    /// <summary>Records that the run is not polled because its connection is suspended; returns as <see cref="Failed"/> does.</summary>
    public bool Suspended(TrackedRun run, string reason, TimeSpan since)
    {
        (run.Trouble, run.TroubleSince) = (AttentionReasons.ConnectionSuspended, since);
        return Show(run, $"The connection is suspended: {reason}.");
    }

    private bool Note(TrackedRun run, string reason, string error, TimeSpan leftAt)
    {
        if (run.Trouble != reason)
        {
            (run.Trouble, run.TroublePolls, run.TroubleSince) = (reason, 0, leftAt);
        }

        run.TroublePolls = (byte)Math.Min(run.TroublePolls + 1, 100);

        // If reasons alternate, the first one that was shown stays.
        var isDue = run.TroublePolls >= LifecycleLimits.FailuresBeforeAttention
            || (run.Attention is null && run.Failures >= LifecycleLimits.FailuresBeforeAttention);
        var isTooSoon = reason == AttentionReasons.UnknownStatus && leftAt - run.TroubleSince < UnknownStatusAge;
        return isDue && !isTooSoon && Show(run, error);
    }

    private bool Show(TrackedRun run, string error)
    {
        if (run.Attention?.Reason == run.Trouble)
        {
            return false;
        }

        // The next usable answer must be reported even if it is the same as before.
        run.Fingerprint = 0;
        run.Attention = Attentions.Of(run.Trouble!, Utc(run.TroubleSince), error);
        return true;
    }

    private DateTimeOffset Utc(TimeSpan moment) => scope.Clock.UtcNow - (scope.Clock.Now - moment);
}
