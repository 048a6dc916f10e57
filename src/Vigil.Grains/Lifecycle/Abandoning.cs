namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 9: when the deadline passes, or somebody wants it, the watching stops - and the run with it, if the policy says so.</summary>
internal static class Abandoning
{
    public static Transition Abandon(ExecutionState state, LifecycleInput.Abandon input, LifecycleContext context)
    {
        if (!state.Status.IsTerminal())
        {
            return Stop(state, new(VigilReasons.Abandoned, input.Reason), context);
        }

        return state.Status is ExecutionStatus.Abandoned ? Transition.None(state) : throw new ExecutionFinishedException(state.Id, state.Status);
    }

    public static Transition Deadline(ExecutionState state, LifecycleContext context) => Stop(state, new(VigilReasons.Deadline), context);

    private static Transition Stop(ExecutionState state, ExecutionFailure failure, LifecycleContext context)
    {
        var work = state.Submission.Phase is SubmissionPhase.Queued ? PendingWork.None : Cancelling.OnStopping(state, context);

        // What may be running must be known before it can be cancelled. A retry's run is, once the answer to the retry is no longer awaited.
        var awaited = work is not PendingWork.None && (state.Submission.Phase is SubmissionPhase.Sending || state.Submission.Sought);
        var stopped = awaited ? state : state with { Submission = state.Submission.Close() };
        return Finishing.Conclude(stopped, ExecutionStatus.Abandoned, failure, work, context);
    }
}
