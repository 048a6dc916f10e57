namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 9: at the deadline or on request, watching stops, and the run is cancelled too if the policy says so.</summary>
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

    /// <summary>Returns when the deadline is applied.</summary>
    public static DateTimeOffset DueAt(ExecutionState state) =>
        state.PolledPastDeadlineUntil is { } until && until > state.DeadlineAt ? until : state.DeadlineAt;

    public static Transition Deadline(ExecutionState state, LifecycleContext context) => Stop(state, new(VigilReasons.Deadline, Attentions.Cause(state)), context);

    private static Transition Stop(ExecutionState state, ExecutionFailure failure, LifecycleContext context)
    {
        var work = state.Submission.Phase is SubmissionPhase.Queued ? PendingWork.None : Cancelling.OnStopping(state, context);

        // A run can be cancelled only once its id is known. A retry's run is known, but the answer to the retry is awaited first.
        var awaited = work is not PendingWork.None && (state.Submission.Phase is SubmissionPhase.Sending || state.Submission.SearchesMarker);
        var stopped = awaited ? state : state.CloseSubmission();
        return Finishing.Conclude(stopped, ExecutionStatus.Abandoned, failure, work, context);
    }
}
