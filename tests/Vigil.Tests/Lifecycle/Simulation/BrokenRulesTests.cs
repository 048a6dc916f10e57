using Vigil.Grains;
using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The simulation can fail: what is broken on purpose breaks a promise within a bounded number of worlds, and the run says which.</summary>
public sealed class BrokenRulesTests
{
    private const int Worlds = 10_000;

    private static readonly Dictionary<string, (Breakage Breakage, string[] Promises)> Broken = new()
    {
        ["an ambiguous start is simply sent again"] = (
            Told((_, input, _) => input is LifecycleInput.SubmitFailed { Error.CertainlyNotActedOn: false } failed ? new LifecycleInput.NotSent(failed.ClaimNumber) : input),
            ["It was started twice.", "One retry ran twice."]),
        ["a second claim is granted while the first is open"] = (
            Before((state, input) => input is LifecycleInput.Claim && state is { Submission.Open: true } ? state with { Submission = state.Submission with { Phase = SubmissionPhase.Queued } } : state) with
            {
                Focus = scenario => scenario with { Fault = 0.12 },
            },
            ["It was started twice.", "One retry ran twice."]),
        ["a start is sent without a claim"] = (new() { Claim = _ => Task.FromResult<SendPermit?>(Forged) }, ["Something was sent without a claim."]),
        ["a start is sent long after its claim"] = (new() { SendDelaySeconds = 11 }, ["after its claim."]),
        ["what follows from a write happens before it"] = (new() { AnswersBeforeCommit = true }, ["which is not stored."]),
        ["what follows from a write comes before it"] = (
            Then(next => next.Effects is [LifecycleEffect.Persist write, _, ..] ? next with { Effects = next.Effects.RemoveAt(0).Add(write) } : next),
            ["A transition writes at most once, and first."]),
        ["nothing is written"] = (Without<LifecycleEffect.Persist>(), ["The first write is version 1."]),
        ["a write skips a version"] = (After(next => next with { Version = next.Version + (next.Version == 3 ? 1 : 0) }), ["Version 2 became 4"]),
        ["that time has passed is taken for a look that found nothing"] = (
            Told((state, input, _) => input is LifecycleInput.Tick && state!.Submission.SearchesMarker ? new LifecycleInput.MarkerNotFound(DateTimeOffset.MaxValue) : input) with
            {
                Focus = scenario => scenario with { Fault = 0.12, Capabilities = scenario.Capabilities with { StartMarker = true } },
            },
            ["It was started twice.", "Nothing explains Cancelled"]),
        ["one not-found is enough"] = (
            new()
            {
                Rules = (state, input, context) => input is LifecycleInput.NotFound missed
                    ? ExecutionLifecycle.Apply(
                        state! with { NotFoundSince = missed.SentAt.AddHours(-1), NotFoundCount = 9 }, missed with { Single = true, Proof = AbsenceProof.RunFound }, context)
                    : ExecutionLifecycle.Apply(state, input, context),
            },
            ["Nothing explains Lost (ExecutionFailure { Reason = not_found"]),
        ["an end within an attempt is not final"] = (
            Before((state, input) => input is LifecycleInput.Observed && state is { Status: ExecutionStatus.Failed } ? state with { Status = ExecutionStatus.Running } : state),
            ["An end is told when it comes, and then alone", "became"]),
        ["older answers are taken"] = (Before((state, input) => input is LifecycleInput.Observed ? state! with { ObservedAt = null } : state), ["An older answer was taken"]),
        ["what was cancelled is sent all the same"] = (
            Before((state, input) => input is LifecycleInput.Claim && state is { Status: ExecutionStatus.Cancelled, RemoteId: null } ? state with { Status = ExecutionStatus.Submitting, Submission = new(), Cancel = null } : state),
            ["Cancelled became Submitting within an attempt."]),
        ["a cancellation is not passed on"] = (Without<LifecycleEffect.SendCancel>(), ["CancelRemote"]),
        ["what is left to do after the end is forgotten"] = (
            After(next => next.Status.IsTerminal() && !next.Submission.Open ? next with { PendingWork = PendingWork.None, PendingSince = null } : next),
            ["A run goes on that should have been stopped.", "was not told its last.", "Its reminder was left behind."]),
        ["the detail is not fetched"] = (Without<LifecycleEffect.FetchDetail>(), ["pending Detail"]),
        ["steps are not told"] = (Without<LifecycleEffect.ReportSteps>(), ["pending Steps"]),
        ["the reminder is left behind"] = (Without<LifecycleEffect.RemoveReminder>(), ["Reminder."]),
        ["nobody watches"] = (Without<LifecycleEffect.Watch>(), ["The end was missed by"]),
        ["the watching goes on after the end"] = (Without<LifecycleEffect.Unwatch>(), ["A poller holds on to what is finished."]),
        ["the clock is not looked at"] = (Without<LifecycleEffect.WakeAt>(), ["It never ends", "The deadline was missed by"]),
        ["a tick by a clock that was set back is taken for one too early"] = (
            new()
            {
                Focus = scenario => scenario with { Fault = 0.04, SetsClocks = true },
                Rules = (state, input, context) => input is LifecycleInput.Tick && state!.StoredAt > context.Now
                    ? Transition.None(state)
                    : ExecutionLifecycle.Apply(state, input, context),
            },
            ["It never ends", "The deadline was missed by"]),
        ["no look follows a hint"] = (Without<LifecycleEffect.Recheck>(), ["A hint that the run runs again came to nothing."]),
    };

    public static TheoryData<string> Names => [.. Broken.Keys];

    private static SendPermit Forged => new(
        new(Callers.ExecutionId, new("workflow", "w"), null, ImmutableDictionary<string, string>.Empty, TimeSpan.FromHours(1)), RetryOf: null, DateTimeOffset.MaxValue, ClaimNumber: 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void Simulation_BrokenOnPurpose_NamesTheSeedAndThePromise(string name)
    {
        var (breakage, promises) = Broken[name];

        var (_, failure) = Simulator.Run(breakage, seed: 1, Worlds);

        Assert.Contains("VIGIL_SEED=1:", failure, StringComparison.Ordinal);
        Assert.True(promises.Any(promise => failure!.Contains(promise, StringComparison.Ordinal)), $"Another promise was named than {string.Join(" or ", promises)}: {failure}");
    }

    private static Breakage Told(Func<ExecutionState?, LifecycleInput, LifecycleContext, LifecycleInput> change) =>
        new() { Rules = (state, input, context) => ExecutionLifecycle.Apply(state, change(state, input, context), context) };

    private static Breakage Before(Func<ExecutionState?, LifecycleInput, ExecutionState?> change) =>
        new() { Rules = (state, input, context) => ExecutionLifecycle.Apply(change(state, input), input, context) };

    private static Breakage After(Func<ExecutionState, ExecutionState> change) => Then(next => next with { State = change(next.State) });

    private static Breakage Without<TEffect>()
        where TEffect : LifecycleEffect => Then(next => next with { Effects = [.. next.Effects.Where(effect => effect is not TEffect)] });

    private static Breakage Then(Func<Transition, Transition> change) =>
        new() { Rules = (state, input, context) => change(ExecutionLifecycle.Apply(state, input, context)) };
}
