namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 1: the intent is stored in one write, and a repeated key is judged by its request's hash.</summary>
internal static class Accepting
{
    public static Transition Start(ExecutionState? state, LifecycleInput.Start input, LifecycleContext context)
    {
        var request = input.Request;
        if (state is not null)
        {
            return Repeated(state, input.RequestHash);
        }

        var accepted = new ExecutionState
        {
            Id = input.Id,
            Connection = request.Connection,
            Platform = input.Platform,
            Target = request.Target,
            Metadata = request.Metadata,
            CancelOnAbandon = request.CancelOnAbandon,
            Subscribers = request.Subscribers,
            RequestHash = input.RequestHash,
            Status = ExecutionStatus.Submitting,
            AcceptedAt = context.Now,
            AttemptOpenedAt = context.Now,
            DeadlineAt = context.Now + request.Deadline,
        };

        // The input leaves memory with this write: it is read again when the start is sent.
        var write = new LifecycleEffect.Persist(ExecutionEventTypes.Accepted, Input: request.Input);
        return Transition.Store(accepted, context, write, new LifecycleEffect.QueueSubmission(null));
    }

    public static Transition Adopt(ExecutionState? state, LifecycleInput.Adopt input, LifecycleContext context)
    {
        var (request, look) = (input.Request, input.FirstLook);
        if (state is not null)
        {
            return Repeated(state, input.RequestHash);
        }

        var accepted = new ExecutionState
        {
            Id = input.Id,
            Connection = request.Connection,
            Platform = input.Platform,
            Target = request.Target,
            Metadata = request.Metadata,
            CancelOnAbandon = request.CancelOnAbandon,
            Subscribers = request.Subscribers,
            RequestHash = input.RequestHash,
            RemoteId = request.RemoteId,
            Submission = new() { Phase = SubmissionPhase.Closed },
            AcceptedAt = context.Now,
            AttemptOpenedAt = look.SentAt,
            DeadlineAt = context.Now + request.Deadline,
        };

        return look.Snapshot.Status.IsTerminal()
            ? Finishing.EndAsSeen(accepted, look, context, lagMs: null) // It ended before anybody asked Vigil to watch: that is no lag.
            : Transition.Store(Observing.Absorb(accepted, look), context, ExecutionEventTypes.Accepted, new LifecycleEffect.Watch());
    }

    private static Transition Repeated(ExecutionState state, string requestHash) => state.RequestHash == requestHash
        ? Transition.None(state)
        : throw new ExecutionConflictException(state.Id, "key_reused", $"The key '{state.Id}' was used before, for a different request.");
}
