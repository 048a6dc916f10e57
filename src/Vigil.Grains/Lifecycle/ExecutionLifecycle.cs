namespace Vigil.Grains.Lifecycle;

/// <summary>What <see cref="ExecutionLifecycle.Apply"/> is.</summary>
internal delegate Transition LifecycleRules(ExecutionState? state, LifecycleInput input, LifecycleContext context);

/// <summary>
/// The rules of an execution's life, as one pure function. The grain only carries out what it says. A state that is null takes a start or an
/// adoption; any other input for an execution that does not exist is answered by the grain, which alone knows the id.
/// </summary>
internal static class ExecutionLifecycle
{
    /// <summary>Returns the next state and the effects, in order. Commands that cannot be obeyed throw a <see cref="VigilException"/> and change nothing.</summary>
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
