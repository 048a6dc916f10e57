namespace Vigil.Grains.Lifecycle;

/// <summary>
/// Rules 7 and 8: a run that the platform does not know, or refuses to return. It is given up only if that is met several times over minutes, while the
/// platform finds something that must exist; everything else is an outage, which is waited out.
/// </summary>
internal static class NotFound
{
    public static Transition Observe(ExecutionState state, LifecycleInput.NotFound input, LifecycleContext context)
    {
        var counted = Observing.Count(state, input.RequestShare, input.Polls);
        if (Observing.IsStale(state, input.Attempt, input.SentAt))
        {
            return Transition.None(counted);
        }

        if (state.Status.IsTerminal())
        {
            return TerminalState.NotFound(counted, input.SentAt, context);
        }

        if (AwaitsAnswer(state) || input.SentAt < (state.SubmittedAt ?? state.AttemptOpenedAt) + LifecycleLimits.NotFoundGrace)
        {
            return Transition.None(counted);
        }

        var missed = Missed(counted, input.SentAt, input.Single);
        return IsProven(missed, input.SentAt, input.Proof, context)
            ? Conclude(missed, VigilReasons.NotFound, $"The platform did not know the run {Evidence(missed, input.SentAt, input.Proof)}", PendingWork.None, context)
            : Attentions.Note(state, missed, input.Attention, context);
    }

    public static Transition Failed(ExecutionState state, LifecycleInput.PollFailed input, LifecycleContext context)
    {
        var counted = Observing.Count(state, input.RequestShare, input.Polls);
        if (state.Status.IsTerminal() || AwaitsAnswer(state) || Observing.IsStale(state, input.Attempt, input.SentAt))
        {
            return Transition.None(counted);
        }

        if (input.Error.Kind is not PlatformErrorKind.Final)
        {
            return Attentions.Note(state, counted, input.Attention, context);
        }

        var missed = Missed(counted, input.SentAt, input.Single);
        if (!IsProven(missed, input.SentAt, input.Proof, context))
        {
            return Attentions.Note(state, missed, input.Attention, context);
        }

        var detail = $"{input.Error.Code}: {input.Error.Message} The platform refused to show the run {Evidence(missed, input.SentAt, input.Proof)}";
        return Conclude(missed, VigilReasons.Refused, detail, Cancelling.OnStopping(state, context), context);
    }

    /// <summary>A retry is in progress, so the run's current status is about to be superseded by its answer.</summary>
    private static bool AwaitsAnswer(ExecutionState state) => state.Submission.Phase is SubmissionPhase.Queued or SubmissionPhase.Sending;

    private static ExecutionState Missed(ExecutionState state, DateTimeOffset sentAt, bool single) => state with
    {
        NotFoundSince = state.NotFoundSince ?? sentAt,
        NotFoundCount = (state.NotFoundSince is null ? 0 : state.NotFoundCount) + (single ? 1 : 0),
    };

    private static bool IsProven(ExecutionState state, DateTimeOffset sentAt, AbsenceProof proof, LifecycleContext context) =>
        proof is not AbsenceProof.None
        && state.NotFoundCount >= LifecycleLimits.NotFoundPolls
        && sentAt >= state.NotFoundSince + (context.NotFoundConfirmation * (proof is AbsenceProof.ProbeAnswered ? LifecycleLimits.UnprovenFactor : 1));

    private static string Evidence(ExecutionState state, DateTimeOffset sentAt, AbsenceProof proof)
    {
        var found = proof switch
        {
            AbsenceProof.RunFound => "another run of the connection was found meanwhile",
            AbsenceProof.ProbeFound => "the connection's probe found what it asks for meanwhile",
            _ => "the connection's probe was answered meanwhile, but no other run was found",
        };
        return string.Create(CultureInfo.InvariantCulture, $"in {state.NotFoundCount} polls of it alone from {state.NotFoundSince:u} to {sentAt:u}; {found}.");
    }

    private static Transition Conclude(ExecutionState state, string reason, string detail, PendingWork work, LifecycleContext context) =>
        Finishing.Conclude(state.CloseSubmission(), ExecutionStatus.Lost, new(reason, detail), work, context);
}
