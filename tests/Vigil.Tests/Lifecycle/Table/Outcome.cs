using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Table;

/// <summary>What an input does, in one line.</summary>
internal static class Outcome
{
    public static string Of(Life life, LifecycleInput input)
    {
        var before = life.Stored is null ? null : life.State;
        try
        {
            life.Apply(input);
        }
        catch (VigilException refusal)
        {
            Assert.Same(before, life.Stored is null ? null : life.State);
            return $"throws {refusal.Code}";
        }
        catch (ArgumentNullException) when (before is null)
        {
            return "is not asked";
        }

        var effects = string.Join(", ", life.Effects.Select(Name).OfType<string>());
        var change = Change(before, life.State);
        return (change, effects) switch
        {
            ("", "") => Uncounted(before) != Uncounted(life.State) ? "keeps" : "-",
            ("", _) => effects,
            _ => $"{change}: {effects}",
        };
    }

    /// <summary>What is different: attempt, status, submission, pending work.</summary>
    private static string Change(ExecutionState? before, ExecutionState after) => string.Join(' ', new[]
    {
        before is not null && before.Attempt != after.Attempt ? "next" : null,
        before?.Status != after.Status ? $"{after.Status}" : null,
        before?.Submission.Phase != after.Submission.Phase ? $"/{after.Submission.Phase}" : null,
        (before?.PendingWork ?? PendingWork.None) != after.PendingWork ? $"({after.PendingWork})" : null,
    }.OfType<string>());

    private static ExecutionState? Uncounted(ExecutionState? state) => state is null ? null : state with { Polls = 0, Requests = 0, ObservedAt = null };

    private static string? Name(LifecycleEffect effect) => effect switch
    {
        LifecycleEffect.Persist { EventType: null } => "write",
        LifecycleEffect.Persist persist => $"write {persist.EventType["execution.".Length..]}",
        LifecycleEffect.QueueSubmission => "queue",
        LifecycleEffect.Unwatch => "forget",
        LifecycleEffect.SendCancel => "cancel",
        LifecycleEffect.LookForMarker => "look for marker",
        LifecycleEffect.Recheck => "look again",
        LifecycleEffect.FetchDetail => "fetch detail",
        LifecycleEffect.ReportSteps => "tell steps",
        LifecycleEffect.RemoveReminder => "remove reminder",

        // That the alarm is set right is tested by the rules that wait for it.
        LifecycleEffect.WakeAt => null,
        _ => effect.GetType().Name.ToLowerInvariant(),
    };
}
