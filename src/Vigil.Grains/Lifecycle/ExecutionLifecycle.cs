namespace Vigil.Grains.Lifecycle;

/// <summary>The signature of <see cref="ExecutionLifecycle.Apply"/>.</summary>
internal delegate Transition LifecycleRules(ExecutionState? state, LifecycleInput input, LifecycleContext context);

/// <summary>
/// The rules of an execution's life as one pure function, whose effects the grain executes. With a null state only a start or an adoption is valid;
/// the grain itself rejects any other input for an execution that does not exist.
/// </summary>
internal static class ExecutionLifecycle
{
    /// <summary>Returns the next state and the effects, in order.</summary>
    /// <exception cref="VigilException">The command is not possible; nothing has changed.</exception>
    public static Transition Apply(ExecutionState? state, LifecycleInput input, LifecycleContext context)
    {
        var transition = input switch
        {
            LifecycleInput.Start start => Accepting.Start(state, start, context),
            LifecycleInput.Adopt adopt => Accepting.Adopt(state, adopt, context),
            _ when state is null => throw new ArgumentNullException(nameof(state)),
            _ => Continue(ClockCorrection.Settle(state, context), ClockCorrection.Settle(input, context), context),
        };
        return NextWake.Set(state, input, transition, context);
    }

    private static Transition Continue(ExecutionState state, LifecycleInput input, LifecycleContext context) => input switch
    {
        LifecycleInput.Cancel cancel => Cancelling.Cancel(state, cancel, context),
        LifecycleInput.Abandon abandon => Abandoning.Abandon(state, abandon, context),
        LifecycleInput.Retry => Retrying.Retry(state, context),
        LifecycleInput.Nudge => Retrying.Nudge(state, context),

        LifecycleInput.Claim claim => Starting.Claim(state, claim, context),
        LifecycleInput.Confirmed confirmed => Starting.Confirmed(state, confirmed, context),
        LifecycleInput.SubmitFailed failed => Starting.Failed(state, failed, context),
        LifecycleInput.NotSent notSent => Starting.NotSent(state, notSent, context),
        LifecycleInput.MarkerNotFound notFound => AmbiguousStarts.MarkerNotFound(state, notFound, context),

        LifecycleInput.Observed observed => Observing.Observed(state, observed, context),
        LifecycleInput.NotFound notFound => NotFound.Observe(state, notFound, context),
        LifecycleInput.PollFailed failed => NotFound.Failed(state, failed, context),

        LifecycleInput.CancelAnswered answered => Cancelling.Answered(state, answered, context),
        LifecycleInput.StepsAcknowledged acknowledged => Reporting.Acknowledged(state, acknowledged, context),
        LifecycleInput.WorkDone done => Finishing.Done(state, done.Work, context),
        LifecycleInput.WorkFailed failed => Finishing.GiveUp(state, failed.Work, failed.Reason, context),
        LifecycleInput.ReminderRegistered => Finishing.ReminderRegistered(state, context),

        LifecycleInput.Tick => Ticks.Tick(state, context),
        LifecycleInput.Woken woken => Ticks.Woken(state, woken, context),
        _ => throw new ArgumentOutOfRangeException(nameof(input)),
    };
}

/// <summary>What the rules need besides the state and the input.</summary>
/// <param name="Now">The current time.</param>
/// <param name="Capabilities">What the platform supports.</param>
/// <param name="AmbiguousStart">The connection's policy for a start with an unknown outcome.</param>
internal sealed record LifecycleContext(DateTimeOffset Now, PlatformCapabilities Capabilities, AmbiguousStart AmbiguousStart)
{
    /// <summary>Gets the timeout of one request. Default: that of <see cref="ConnectionOptions.RequestTimeout"/>.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long the platform must not return a run, while it finds other things, before the run is lost.</summary>
    public TimeSpan NotFoundConfirmation { get; init; } = LifecycleLimits.NotFoundConfirmation;

    /// <summary>
    /// Gets a value indicating whether this silo's poller is sending the start or retry, or holds an answer to it that is not stored yet. If so, a missing
    /// answer proves nothing.
    /// </summary>
    public bool StartIsHeld { get; init; }

    /// <summary>Gets a value indicating whether this silo's poller has seen the run's end and is reporting it, so that the deadline must not overtake it.</summary>
    public bool EndIsHeld { get; init; }
}
