using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Table;

/// <summary>Every situation that an execution can be in, reached through the rules themselves.</summary>
internal static class Situations
{
    private static readonly PlatformCapabilities Marked = new() { Cancel = true, Retry = true, StartMarker = true };

    public static IReadOnlyDictionary<string, Func<Life>> All { get; } = new Dictionary<string, Func<Life>>
    {
        ["none"] = () => Life(),

        ["Submitting/Queued"] = () => Given.Accepted(Life()),
        ["Submitting/Sending"] = () => Given.Sending(Life()),
        ["Submitting/Sending, cancelling"] = () => Given.Sending(Life()).Cancel(),
        ["Submitting/Sending, cancel on abandon"] = () => Given.Sending(Life(), CancelOnAbandon),
        ["Submitting/Ambiguous"] = () => Given.Sending(Life()).Fails(Given.NoAnswer),
        ["Submitting/Queued, retry"] = () => Given.Retried(Life()),
        ["Submitting/Sending, retry"] = () => Given.Retried(Life()).Claim(),
        ["Submitting/Ambiguous, retry"] = () => Given.Retried(Life()).Claim().Fails(Given.NoAnswer),

        ["Pending/Confirmed"] = () => Given.Started(Life()),
        ["Pending/Closed"] = () => Adopted(ExecutionStatus.Pending),
        ["Running/Confirmed"] = () => Given.RunningFor(33, Life()),
        ["Running/Confirmed, missed"] = () => Given.RunningFor(33, Life()).Miss(single: true).Miss(single: true),
        ["Running/Confirmed, cancelling"] = () => Given.RunningFor(33, Life()).Cancel(),
        ["Running/Confirmed, cancel on abandon"] = () => Given.RunningFor(33, Life(), CancelOnAbandon),
        ["Running/Closed"] = () => Adopted(ExecutionStatus.Running),
        ["AwaitingInput/Confirmed"] = () => Given.RunningFor(33, Life()).See(Given.Awaiting),
        ["AwaitingInput/Closed"] = () => Adopted(ExecutionStatus.AwaitingInput),

        ["Succeeded/Confirmed"] = () => Given.Ended(Given.Succeeded, Life()),
        ["Succeeded/Closed"] = () => Adopted(ExecutionStatus.Succeeded),
        ["Succeeded/Confirmed, steps"] = () => Given.Ended(Given.Succeeded with { Steps = [Given.Step("a", StepStatus.Succeeded)] }, Life()),
        ["Failed/Confirmed"] = () => Given.Ended(Given.Failed, Life()),
        ["Failed/Closed"] = () => Adopted(ExecutionStatus.Failed),
        ["Failed/Confirmed, detail"] = () => Given.Ended(Given.Failed with { Partial = true }, Life()),
        ["Failed/Confirmed, reminder"] = () => Given.Ended(Given.Failed, Life()).Apply(new LifecycleInput.ReminderRegistered()),
        ["Failed/Confirmed, looked at"] = () => Given.Ended(Given.Failed, Life()).Apply(new LifecycleInput.Nudge()),
        ["Cancelled/Confirmed"] = () => Given.Ended(Given.Failed with { Status = ExecutionStatus.Cancelled }, Life()),
        ["Cancelled/Closed"] = () => Given.Accepted(Life()).Cancel(),
        ["TimedOut/Confirmed"] = () => Given.Ended(Given.Failed with { Status = ExecutionStatus.TimedOut }, Life()),
        ["TimedOut/Closed"] = () => Adopted(ExecutionStatus.TimedOut),
        ["Terminated/Confirmed"] = () => Given.Ended(Given.Failed with { Status = ExecutionStatus.Terminated }, Life()),
        ["Terminated/Closed"] = () => Adopted(ExecutionStatus.Terminated),

        ["Rejected/Closed"] = () => Given.Sending(Life()).Fails(Given.Error(400)),
        ["Rejected/Closed, retry"] = () => Given.Retried(Life()).Claim().Fails(Given.Error(400)),
        ["Rejected/Confirmed"] = () => Given.Sending(Life()).Fails(Given.Error(400)).Confirm(),
        ["Lost/Closed"] = () => Given.Sending(new() { Policy = AmbiguousStart.Fail }).Fails(Given.NoAnswer),
        ["Lost/Confirmed"] = () => Given.RunningFor(33, Life()).Refuse().Refuse().After(120).Refuse(AbsenceProof.RunFound).Apply(new LifecycleInput.WorkDone(PendingWork.Reminder)),
        ["Abandoned/Closed"] = () => Given.Accepted(Life()).Abandon(),
        ["Abandoned/Confirmed"] = () => Given.RunningFor(20, Life()).Abandon(),
        ["Abandoned/Sending, cancel"] = () => Given.Sending(Life(), CancelOnAbandon).Abandon(),
        ["Abandoned/Ambiguous, cancel"] = () => Given.Sending(Life(), CancelOnAbandon).Fails(Given.NoAnswer).Abandon(),
        ["Abandoned/Confirmed, cancel"] = () => Given.RunningFor(20, Life(), CancelOnAbandon).Abandon(),
    };

    /// <summary>A submission is open only while nothing else is known of the attempt, or when its run must be found to be cancelled.</summary>
    public static bool IsPossible(ExecutionStatus status, SubmissionPhase phase) => phase switch
    {
        SubmissionPhase.Queued => status is ExecutionStatus.Submitting,
        SubmissionPhase.Sending or SubmissionPhase.Ambiguous => status is ExecutionStatus.Submitting or ExecutionStatus.Abandoned,
        _ => status is not ExecutionStatus.Submitting,
    };

    private static Life Life() => new() { Capabilities = Marked };

    private static StartExecution CancelOnAbandon(StartExecution request) => request with { CancelOnAbandon = true };

    private static Life Adopted(ExecutionStatus status)
    {
        var life = Life();
        var look = new Observation(new() { Status = status, RawStatus = "raw", EndedAt = status.IsTerminal() ? life.Now : null }, 1, life.Now, life.Now);
        return life.Apply(new LifecycleInput.Adopt("exec-1", "gloriamundo", new() { Connection = "main", RemoteId = "run-1", Deadline = TimeSpan.FromHours(1) }, "hash-1", look));
    }
}
