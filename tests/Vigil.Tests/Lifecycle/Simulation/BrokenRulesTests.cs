using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>The simulation can fail: rules that are broken on purpose break a promise within a few thousand worlds.</summary>
public sealed class BrokenRulesTests
{
    private const int Worlds = 6000;

    private static readonly Dictionary<string, Rules> Broken = new()
    {
        ["an ambiguous start is simply sent again"] = (state, input, context) =>
            After(ExecutionLifecycle.Apply(state, input, context), next => next is { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.StartUnconfirmed }
                ? next with { Status = ExecutionStatus.Submitting, Submission = next.Submission with { Phase = SubmissionPhase.Queued }, Failure = null, PendingWork = PendingWork.None, PendingSince = null }
                : next),
        ["whoever asks may send"] = (state, input, context) => ExecutionLifecycle.Apply(
            input is LifecycleInput.Claim && state is { Submission.Open: true } ? state with { Submission = state.Submission with { Phase = SubmissionPhase.Queued } } : state, input, context),
        ["an early look for the marker is believed"] = (state, input, context) =>
            ExecutionLifecycle.Apply(state, input is LifecycleInput.MarkerNotFound look ? look with { SentAt = look.SentAt.AddSeconds(90) } : input, context),
        ["one not-found is enough"] = (state, input, context) => ExecutionLifecycle.Apply(
            state, input is LifecycleInput.NotFound missed ? missed with { Single = true, SentAt = missed.SentAt.AddSeconds(state!.NotFoundSince is null ? 0 : 31) } : input, context),
        ["an end within an attempt is not final"] = (state, input, context) => ExecutionLifecycle.Apply(
            input is LifecycleInput.Observed && state is { Status: ExecutionStatus.Failed } ? state with { Status = ExecutionStatus.Running } : state, input, context),
        ["older answers are taken"] = (state, input, context) => ExecutionLifecycle.Apply(
            input is LifecycleInput.Observed ? state! with { ObservedAt = null } : state, input, context),
        ["the end before a retry is believed"] = (state, input, context) => ExecutionLifecycle.Apply(
            state is { Attempt: > 1, RawStatus: null, RemoteId: not null } && input is LifecycleInput.Observed ? state with { History = [], AttemptOpenedAt = state.AcceptedAt } : state, input, context),
        ["nothing is written"] = (state, input, context) => Without<LifecycleEffect.Persist>(ExecutionLifecycle.Apply(state, input, context)),
        ["a write skips a version"] = (state, input, context) => After(ExecutionLifecycle.Apply(state, input, context), next => next with { Version = next.Version + (next.Version == 3 ? 1 : 0) }),
        ["the clock is not looked at"] = (state, input, context) => Without<LifecycleEffect.WakeAt>(ExecutionLifecycle.Apply(state, input, context)),
        ["a cancellation is not passed on"] = (state, input, context) => Without<LifecycleEffect.SendCancel>(ExecutionLifecycle.Apply(state, input, context)),
        ["steps are not told"] = (state, input, context) => Without<LifecycleEffect.TellSteps>(ExecutionLifecycle.Apply(state, input, context)),
        ["the detail is not fetched"] = (state, input, context) => Without<LifecycleEffect.FetchDetail>(ExecutionLifecycle.Apply(state, input, context)),
        ["the reminder is left behind"] = (state, input, context) => Without<LifecycleEffect.RemoveReminder>(ExecutionLifecycle.Apply(state, input, context)),
        ["nobody watches"] = (state, input, context) => Without<LifecycleEffect.Watch>(ExecutionLifecycle.Apply(state, input, context)),
        ["what was cancelled is sent all the same"] = (state, input, context) => ExecutionLifecycle.Apply(
            input is LifecycleInput.Claim && state is { Status: ExecutionStatus.Cancelled, RemoteId: null } ? state with { Status = ExecutionStatus.Submitting, Submission = new(), Cancel = null } : state, input, context),
    };

    public static TheoryData<string> Names => [.. Broken.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Simulation_BrokenRule_FailsAndNamesTheSeed(string name)
    {
        var (_, failure) = Simulator.Run(Broken[name], seed: 1, Worlds);

        Assert.Contains("VIGIL_SEED=1:", failure, StringComparison.Ordinal);
    }

    private static Transition After(Transition transition, Func<ExecutionState, ExecutionState> change) => transition with { State = change(transition.State) };

    private static Transition Without<TEffect>(Transition transition)
        where TEffect : LifecycleEffect => transition with { Effects = [.. transition.Effects.Where(effect => effect is not TEffect)] };
}
