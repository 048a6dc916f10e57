namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 10: the wish to cancel is stored before it is answered, and passed on when there is something to pass it to.</summary>
internal static class Cancelling
{
    public static Transition Cancel(ExecutionState state, LifecycleInput.Cancel input, LifecycleContext context)
    {
        if (state.Status.IsTerminal())
        {
            return state is { Status: ExecutionStatus.Cancelled, Cancel: not null }
                ? Transition.None(state)
                : throw new ExecutionFinishedException(state.Id, state.Status);
        }

        var wish = new CancelRequest(context.Now, input.Reason);
        if (state.Submission.Phase is SubmissionPhase.Queued)
        {
            return BeforeSending(state, wish, context);
        }

        if (!context.Capabilities.Cancel)
        {
            throw new CommandNotSupportedException("cancel", state.Platform);
        }

        // One that the platform refused may be wished again.
        if (state.Cancel is { Refused: null })
        {
            return Transition.None(state);
        }

        var wished = state with { Cancel = wish };
        return Transition.StoreQuietly(wished, context, Outstanding(wished).AsSpan());
    }

    /// <summary>Ends the execution without sending anything.</summary>
    public static Transition BeforeSending(ExecutionState state, CancelRequest wish, LifecycleContext context) => Finishing.Conclude(
        state with { Cancel = wish, Submission = state.Submission.Close() }, ExecutionStatus.Cancelled, new(VigilReasons.Cancelled, wish.Reason), PendingWork.None, context);

    public static Transition Answered(ExecutionState state, LifecycleInput.CancelAnswered input, LifecycleContext context)
    {
        var isAwaited = state.Status.IsTerminal() ? state.PendingWork.HasFlag(PendingWork.CancelRemote) : IsOutstanding(state);
        if (!isAwaited || state.Submission.Open || input.Attempt != state.Attempt || input.Error is { Kind: not PlatformErrorKind.Final })
        {
            return Transition.None(state);
        }

        return input.Error is { } refusal ? Refused(state, refusal, context) : Accepted(state, context);
    }

    private static Transition Accepted(ExecutionState state, LifecycleContext context)
    {
        var accepted = state with { Cancel = state.Cancel! with { Acknowledged = true } };
        return state.Status.IsTerminal() ? Finishing.Done(accepted, PendingWork.CancelRemote, context) : Transition.Keep(accepted);
    }

    private static Transition Refused(ExecutionState state, PlatformError refusal, LifecycleContext context)
    {
        var refused = state with { Cancel = state.Cancel! with { Refused = refusal.Code } };
        return state.Status.IsTerminal()
            ? Finishing.GiveUp(refused, PendingWork.CancelRemote, refusal.Code, context)
            : Transition.StoreQuietly(Finishing.Record(refused, PendingWork.CancelRemote, refusal.Code, context), context);
    }

    /// <summary>The cancellation that must (still) be passed on. While a start or retry is open it would overtake it.</summary>
    public static ImmutableArray<LifecycleEffect> Outstanding(ExecutionState state) =>
        IsOutstanding(state) && state.RemoteId is not null && !state.Submission.Open ? [new LifecycleEffect.SendCancel(state.Cancel!.Reason)] : [];

    /// <summary>The work left behind when Vigil stops watching a run that may go on.</summary>
    public static PendingWork OnStopping(ExecutionState state, LifecycleContext context) =>
        context.Capabilities.Cancel && (state.CancelOnAbandon || IsOutstanding(state)) ? PendingWork.CancelRemote : PendingWork.None;

    public static bool IsOutstanding(ExecutionState state) => state.Cancel is { Acknowledged: false, Refused: null };
}
