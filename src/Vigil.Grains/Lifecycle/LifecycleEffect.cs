namespace Vigil.Grains.Lifecycle;

/// <summary>What the grain must execute, in order. <see cref="Persist"/> comes first; if it fails, the effects after it are dropped.</summary>
internal abstract record LifecycleEffect
{
    private LifecycleEffect()
    {
    }

    /// <summary>
    /// Store the state and an event of type <paramref name="EventType"/>; null for no event. The texts are stored as payloads in the same transaction; null
    /// keeps the stored one.
    /// </summary>
    public sealed record Persist(
        string? EventType, string? Input = null, string? Output = null, string? Options = null, string? Raw = null, string? Details = null) : LifecycleEffect
    {
        /// <summary>Returns the same with what is kept of a snapshot of an ended run. An answer that was cut is kept as a JSON string.</summary>
        public Persist Keeping(Snapshot snapshot, string? output) => this with
        {
            Output = output,
            Raw = snapshot is { RawTruncated: true, Raw: { } beginning } ? Truncation.Quote(beginning) : snapshot.Raw,
            Details = snapshot.Details,
        };
    }

    /// <summary>Wait for a slot to claim and send the start or the retry, not before <paramref name="NotBefore"/>.</summary>
    public sealed record QueueSubmission(DateTimeOffset? NotBefore) : LifecycleEffect;

    /// <summary>The claim is stored: send the start now, but not after <see cref="Submission.SendBefore"/>.</summary>
    public sealed record Send : LifecycleEffect;

    /// <summary>Search for the marker of an ambiguous start until it is found. The result of each search is an input.</summary>
    public sealed record LookForMarker : LifecycleEffect;

    public sealed record Watch : LifecycleEffect;

    /// <summary>Poll a finished run once, alone: it may be running again.</summary>
    public sealed record Recheck : LifecycleEffect;

    /// <summary>Forget the run. Requests that are still needed follow as further effects.</summary>
    public sealed record Unwatch : LifecycleEffect;

    public sealed record SendCancel(string? Reason) : LifecycleEffect;

    public sealed record FetchDetail : LifecycleEffect;

    /// <summary>Send these reports to the step grains, and apply one <see cref="LifecycleInput.StepsAcknowledged"/> for all that succeeded.</summary>
    public sealed record ReportSteps(ImmutableArray<StepReport> Reports) : LifecycleEffect;

    public sealed record RemoveReminder : LifecycleEffect;

    /// <summary>Apply <see cref="LifecycleInput.Tick"/> at this time at the latest; replaces the previous time.</summary>
    public sealed record WakeAt(DateTimeOffset At) : LifecycleEffect;
}
