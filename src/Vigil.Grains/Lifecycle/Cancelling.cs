namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 10: a cancellation is stored before the caller is answered, and sent to the platform once there is a run to cancel.</summary>
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

        var request = new CancelRequest(context.Now, input.Reason);
        if (state.Submission.Phase is SubmissionPhase.Queued)
        {
            return BeforeSending(state, request, context);
        }

        if (!context.Capabilities.CanCancel(state.Target))
        {
            throw new CommandNotSupportedException("cancel", state.Platform);
        }

        // A cancellation that the platform refused may be requested again.
        if (state.Cancel is { Refused: null })
        {
            return Transition.None(state);
        }

        var requested = state with { Cancel = request, Attention = state.Attention?.Reason == AttentionReasons.CancelRefused ? null : state.Attention };
        return Transition.StoreQuietly(requested, context, Outstanding(requested).AsSpan());
    }

    /// <summary>Ends the execution before its start is sent.</summary>
    public static Transition BeforeSending(ExecutionState state, CancelRequest request, LifecycleContext context) => Finishing.Conclude(
        state.CloseSubmission() with { Cancel = request }, ExecutionStatus.Cancelled, new(VigilReasons.Cancelled, request.Reason), PendingWork.None, context);

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
            : Transition.Store(
                Finishing.Record(
                    refused with { Attention = Attentions.Of(AttentionReasons.CancelRefused, context.Now, $"{refusal.Code}: {refusal.Message}") },
                    PendingWork.CancelRemote,
                    refusal.Code,
                    context),
                context,
                ExecutionEventTypes.Updated);
    }

    /// <summary>Returns the cancellation that must still be sent. It waits for an open start or retry, which it could otherwise overtake.</summary>
    public static ImmutableArray<LifecycleEffect> Outstanding(ExecutionState state) =>
        IsOutstanding(state) && state.RemoteId is not null && !state.Submission.Open ? [new LifecycleEffect.SendCancel(state.Cancel!.Reason)] : [];

    /// <summary>Returns the work that is pending when Vigil stops watching a run that may continue.</summary>
    public static PendingWork OnStopping(ExecutionState state, LifecycleContext context) =>
        context.Capabilities.CanCancel(state.Target) && (state.CancelOnAbandon || IsOutstanding(state)) ? PendingWork.CancelRemote : PendingWork.None;

    public static bool IsOutstanding(ExecutionState state) => state.Cancel is { Acknowledged: false, Refused: null };
}
