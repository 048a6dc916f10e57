namespace Vigil.Grains.Lifecycle;

/// <summary>What the grain must carry out, in order; <see cref="Persist"/> comes first, and nothing after it happens when it fails.</summary>
internal abstract record LifecycleEffect
{
    private LifecycleEffect()
    {
    }

    /// <summary>
    /// Store the state. <paramref name="EventType"/> is what the write tells; null tells nobody.
    /// <paramref name="Input"/> and <paramref name="Output"/> are bodies for the payload table, in the same transaction.
    /// </summary>
    public sealed record Persist(string? EventType, string? Input = null, string? Output = null) : LifecycleEffect;

    /// <summary>Wait for a slot to claim and send the start or the retry, not before <paramref name="NotBefore"/>.</summary>
    public sealed record QueueSubmission(DateTimeOffset? NotBefore) : LifecycleEffect;

    /// <summary>The claim holds: send it now, and not after <see cref="Submission.SendBefore"/>.</summary>
    public sealed record Send : LifecycleEffect;

    /// <summary>Look for the marker of an ambiguous start: at least once from now, and on until it is found. Each look is an input.</summary>
    public sealed record LookForMarker : LifecycleEffect;

    /// <summary>Have the run polled.</summary>
    public sealed record Watch : LifecycleEffect;

    /// <summary>Ask for this run by itself, not before <paramref name="At"/>: a not-found must be confirmed.</summary>
    public sealed record ConfirmNotFound(DateTimeOffset At) : LifecycleEffect;

    /// <summary>Ask once, by itself, how a finished run stands: somebody says that it runs again.</summary>
    public sealed record LookAgain : LifecycleEffect;

    /// <summary>Forget the run: what must still be asked comes as further effects after this one.</summary>
    public sealed record Unwatch : LifecycleEffect;

    /// <summary>Pass the cancellation on.</summary>
    public sealed record SendCancel(string? Reason) : LifecycleEffect;

    /// <summary>Fetch the full answer.</summary>
    public sealed record FetchDetail : LifecycleEffect;

    /// <summary>Tell the step grains these reports, and answer with one <see cref="LifecycleInput.StepsAcknowledged"/> for all that succeeded.</summary>
    public sealed record TellSteps(ImmutableArray<StepReport> Reports) : LifecycleEffect;

    /// <summary>Remove the reminder.</summary>
    public sealed record RemoveReminder : LifecycleEffect;

    /// <summary>Apply <see cref="LifecycleInput.Tick"/> at this time at the latest; replaces the earlier wish.</summary>
    public sealed record WakeAt(DateTimeOffset At) : LifecycleEffect;
}
