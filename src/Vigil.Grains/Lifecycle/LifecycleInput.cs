using System.Collections.Immutable;
using Vigil.Platforms;

namespace Vigil.Grains.Lifecycle;

/// <summary>What the lifecycle is given: a command, an observation or a tick.</summary>
internal abstract record LifecycleInput
{
    private LifecycleInput()
    {
    }

    // Commands.
    public sealed record Start(string Id, string Platform, StartExecution Request) : LifecycleInput;

    public sealed record Adopt(string Id, string Platform, AdoptExecution Request, string RequestHash, Observation FirstLook) : LifecycleInput;

    public sealed record Cancel(string? Reason) : LifecycleInput;

    public sealed record Abandon(string? Reason) : LifecycleInput;

    public sealed record Retry : LifecycleInput;

    // The start, or a retry, on its way.
    /// <summary>The silo's poller has a slot for it; <paramref name="Silo"/> names the silo.</summary>
    public sealed record Claim(string Silo) : LifecycleInput;

    /// <summary>The platform confirmed it.</summary>
    public sealed record Confirmed(Submitted Submitted, DateTimeOffset SentAt, DateTimeOffset ReceivedAt) : LifecycleInput;

    /// <summary>It failed; whether it can have been acted on is in the error.</summary>
    public sealed record SubmitFailed(PlatformError Error) : LifecycleInput;

    /// <summary>The claim ran out before the request left, so it was not sent.</summary>
    public sealed record NotSent : LifecycleInput;

    /// <summary>A look for the marker found nothing.</summary>
    public sealed record MarkerNotFound : LifecycleInput;

    // Observations.
    public sealed record Observed(Observation Observation, double RequestShare, long Polls) : LifecycleInput;

    /// <summary>The platform does not know the run. <paramref name="Single"/>: asked for by itself, as a confirmation must be.</summary>
    public sealed record NotFound(int Attempt, DateTimeOffset SentAt, bool Single) : LifecycleInput;

    /// <summary>Final for this execution. Transient errors stay in the poller.</summary>
    public sealed record PollFailed(int Attempt, DateTimeOffset SentAt, PlatformError Error) : LifecycleInput;

    // Pending work.
    public sealed record CancelAnswered(PlatformError? Error) : LifecycleInput;

    public sealed record StepsAcknowledged(ImmutableDictionary<string, long> Versions) : LifecycleInput;

    public sealed record WorkDone(PendingWork Work) : LifecycleInput;

    public sealed record WorkFailed(PendingWork Work, string Reason) : LifecycleInput;

    public sealed record ReminderRegistered : LifecycleInput;

    /// <summary>Time has passed: the deadline, a claim that ran out, progress that waits to be stored.</summary>
    public sealed record Tick : LifecycleInput;

    /// <summary>The grain was activated and has read its state: claims of silos that are gone and work left over are taken up again.</summary>
    public sealed record Woken(string Silo, bool ClaimantIsActive) : LifecycleInput;
}
