namespace Vigil.Grains.Lifecycle;

/// <summary>Rule 1: a request is stored in one write; if its key is repeated, the hash of the request decides whether it is the same one.</summary>
internal static class Accepting
{
    public static Transition Start(ExecutionState? state, LifecycleInput.Start input, LifecycleContext context)
    {
        if (state is not null)
        {
            return Repeated(state, input.RequestHash);
        }

        var request = input.Request;
        var accepted = new ExecutionState
        {
            Id = input.Id,
            Connection = request.Connection,
            Platform = input.Platform,
            Target = request.Target,
            Metadata = request.Metadata,
            CancelOnAbandon = request.CancelOnAbandon,
            Subscribers = request.SubscriberIds,
            RequestHash = input.RequestHash,
            Status = ExecutionStatus.Submitting,
            AcceptedAt = context.Now,
            AttemptOpenedAt = context.Now,
            DeadlineAt = context.Now + request.Deadline,
        };

        // Neither the input nor the options are kept in memory: they are read from the store when the start is sent.
        var write = new LifecycleEffect.Persist(ExecutionEventTypes.Accepted, Input: request.Input, Options: request.Options);
        return Transition.Store(accepted, context, write, new LifecycleEffect.QueueSubmission(null));
    }

    public static Transition Adopt(ExecutionState? state, LifecycleInput.Adopt input, LifecycleContext context)
    {
        if (state is not null)
        {
            return Repeated(state, input.RequestHash);
        }

        var (request, observation) = (input.Request, input.FirstLook);
        var accepted = new ExecutionState
        {
            Id = input.Id,
            Connection = request.Connection,
            Platform = input.Platform,
            Target = request.Target,
            Metadata = request.Metadata,
            CancelOnAbandon = request.CancelOnAbandon,
            Subscribers = request.SubscriberIds,
            RequestHash = input.RequestHash,
            RemoteId = request.RemoteId,
            Submission = new() { Phase = SubmissionPhase.Closed },
            AcceptedAt = context.Now,
            AttemptOpenedAt = observation.SentAt,
            DeadlineAt = context.Now + request.Deadline,
        };

        return observation.Snapshot.Status.IsTerminal()
            ? Finishing.EndAsSeen(accepted, observation, context, lagMs: null) // It ended before it was adopted, so there is no lag.
            : Transition.Store(Observing.Absorb(accepted, observation), context, ExecutionEventTypes.Accepted, new LifecycleEffect.Watch());
    }

    private static Transition Repeated(ExecutionState state, string requestHash) => state.RequestHash == requestHash
        ? Transition.None(state)
        : throw new ExecutionConflictException(state.Id, "key_reused", $"The key '{state.Id}' was used before, for a different request.");
}
