using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Table;

/// <summary>Every input, in the variants that the rules tell apart, as it would come to a life as it stands.</summary>
internal static class Inputs
{
    public static IReadOnlyDictionary<string, Func<Life, LifecycleInput>> All { get; } = new Dictionary<string, Func<Life, LifecycleInput>>
    {
        ["Start"] = _ => Given.Start(),
        ["Start of another request"] = _ => Given.Start(hash: "hash-2"),
        ["Adopt"] = life => Adopt(life, "hash-1"),
        ["Adopt of another run"] = life => Adopt(life, "hash-2"),
        ["Cancel"] = _ => new LifecycleInput.Cancel("enough"),
        ["Abandon"] = _ => new LifecycleInput.Abandon("enough"),
        ["Retry"] = _ => new LifecycleInput.Retry(),
        ["Nudge"] = _ => new LifecycleInput.Nudge(),

        ["Claim"] = _ => new LifecycleInput.Claim("silo-2"),
        ["Claim, again"] = _ => new LifecycleInput.Claim(Given.Silo),
        ["Confirmed"] = life => new LifecycleInput.Confirmed(Claims(life), new("run-1"), life.Now, life.Now),
        ["Confirmed, for an earlier claim"] = life => new LifecycleInput.Confirmed(Claims(life) - 1, new("run-1"), life.Now, life.Now),
        ["SubmitFailed, 429"] = life => new LifecycleInput.SubmitFailed(Claims(life), Given.Error(429, PlatformErrorKind.Transient), life.Now),
        ["SubmitFailed, 400"] = life => new LifecycleInput.SubmitFailed(Claims(life), Given.Error(400), life.Now),
        ["SubmitFailed, no answer"] = life => new LifecycleInput.SubmitFailed(Claims(life), Given.NoAnswer, life.Now),
        ["SubmitFailed, for an earlier claim"] = life => new LifecycleInput.SubmitFailed(Claims(life) - 1, Given.Error(429, PlatformErrorKind.Transient), life.Now),
        ["NotSent"] = life => new LifecycleInput.NotSent(Claims(life)),
        ["NotSent, for an earlier claim"] = life => new LifecycleInput.NotSent(Claims(life) - 1),
        ["MarkerNotFound"] = life => new LifecycleInput.MarkerNotFound(life.Now),
        ["MarkerNotFound, late"] = life => new LifecycleInput.MarkerNotFound(life.Now.AddSeconds(100)),
        ["MarkerNotFound, for ever"] = life => new LifecycleInput.MarkerNotFound(life.Now, Given.Error(403)),

        ["Observed, running"] = life => Observed(life, Given.Running),
        ["Observed, running, alone"] = life => Observed(life, Given.Running, single: true),
        ["Observed, awaiting input"] = life => Observed(life, Given.Awaiting),
        ["Observed, succeeded"] = life => Observed(life, Given.Succeeded),
        ["Observed, before"] = life => Observed(life, Given.Succeeded, sentSecondsAgo: 3000),
        ["Observed, another attempt"] = life => Observed(life, Given.Succeeded, attempt: 7),
        ["NotFound"] = life => new LifecycleInput.NotFound(Attempt(life), life.Now, Single: false),
        ["NotFound, alone"] = life => new LifecycleInput.NotFound(Attempt(life), life.Now, Single: true),
        ["NotFound, proven and later"] = life => new LifecycleInput.NotFound(Attempt(life), life.After(121).Now, Single: true, Proof: AbsenceProof.RunFound),
        ["NotFound, needs attention"] = life => new LifecycleInput.NotFound(Attempt(life), life.Now, Single: false) { Attention = Attention },
        ["PollFailed, proven and later"] = life => new LifecycleInput.PollFailed(Attempt(life), life.After(121).Now, Given.Error(403), Single: true, Proof: AbsenceProof.RunFound),
        ["PollFailed"] = life => new LifecycleInput.PollFailed(Attempt(life), life.Now, Given.Error(403)),
        ["PollFailed, transient"] = life => new LifecycleInput.PollFailed(Attempt(life), life.Now, Given.NoAnswer),
        ["PollFailed, needs attention"] = life => new LifecycleInput.PollFailed(Attempt(life), life.Now, Given.NoAnswer) { Attention = Attention },

        ["CancelAnswered"] = life => new LifecycleInput.CancelAnswered(Attempt(life), null),
        ["CancelAnswered, refused"] = life => new LifecycleInput.CancelAnswered(Attempt(life), Given.Error(409)),
        ["CancelAnswered, transient"] = life => new LifecycleInput.CancelAnswered(Attempt(life), Given.NoAnswer),
        ["StepsAcknowledged"] = life => new LifecycleInput.StepsAcknowledged(ImmutableDictionary<string, long>.Empty.Add("a", 1000)),
        ["WorkDone, all of it"] = _ => new LifecycleInput.WorkDone(PendingWork.Detail | PendingWork.Steps | PendingWork.CancelRemote | PendingWork.Reminder),
        ["WorkFailed, detail"] = _ => new LifecycleInput.WorkFailed(PendingWork.Detail, "gone"),
        ["ReminderRegistered"] = _ => new LifecycleInput.ReminderRegistered(),

        ["Tick"] = _ => new LifecycleInput.Tick(),
        ["Tick, two minutes later"] = life => Later(life, 120),
        ["Tick, at the deadline"] = life => Later(life, 7200),
        ["Woken"] = _ => new LifecycleInput.Woken("silo-2", ClaimantIsActive: true, ImmutableDictionary<string, long>.Empty),
        ["Woken, claimant gone"] = _ => new LifecycleInput.Woken("silo-2", ClaimantIsActive: false, ImmutableDictionary<string, long>.Empty),
    };

    private static ExecutionAttention Attention { get; } = new(AttentionReasons.PollsFail, Life.Epoch);

    private static int Claims(Life life) => life.Stored?.Submission.Claims ?? 0;

    private static int Attempt(Life life) => life.Stored?.Attempt ?? 1;

    private static LifecycleInput.Observed Observed(Life life, Snapshot snapshot, double sentSecondsAgo = 0, int? attempt = null, bool single = false) =>
        new(new(snapshot, attempt ?? Attempt(life), life.Now.AddSeconds(-sentSecondsAgo), life.Now), 1, 1, single);

    private static LifecycleInput.Adopt Adopt(Life life, string hash) =>
        new("exec-1", "gloriamundo", new() { Connection = "main", RemoteId = "run-1" }, hash, new(Given.Running, 1, life.Now, life.Now));

    private static LifecycleInput.Tick Later(Life life, double seconds)
    {
        life.After(seconds);
        return new();
    }
}
