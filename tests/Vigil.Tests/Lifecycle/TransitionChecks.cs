using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle;

/// <summary>What every transition must keep, whatever the rule.</summary>
internal static class TransitionChecks
{
    /// <summary>Says what is broken; null where nothing is.</summary>
    public static string? Broken(ExecutionState? stateBefore, Transition transition, LifecycleContext context)
    {
        var (after, effects) = transition;
        var persists = effects.OfType<LifecycleEffect.Persist>().Count();
        if (persists > 1 || (persists == 1 && effects[0] is not LifecycleEffect.Persist))
        {
            return "A transition writes at most once, and first.";
        }

        if (stateBefore is null)
        {
            return persists == 1 && after.Version == 1 ? null : "The first write is version 1.";
        }

        // A repeated start changes nothing at all, not even what a clock that was set back makes of the past.
        var before = ReferenceEquals(after, stateBefore) ? stateBefore : ClockCorrection.Settle(stateBefore, context);
        return after.Version != before.Version + persists ? $"Version {before.Version} became {after.Version} with {persists} writes."
            : persists == 0 && WithForgettableOf(after, before) != WithForgettableOf(before, before) with { PendingWork = before.PendingWork & after.PendingWork }
                ? $"Without a write {before} became {after}."
            : AttemptBroken(before, after) ?? ReportsBroken(after, effects) ?? AlarmBroken(after, effects);
    }

    /// <summary>Undoes what may change without a write; the rest must be as it was.</summary>
    private static ExecutionState WithForgettableOf(ExecutionState state, ExecutionState before) => state with
    {
        Status = state.Status.IsTerminal() ? state.Status : before.Status,
        RawStatus = before.RawStatus,
        Target = before.Target,
        Progress = before.Progress,
        Usage = before.Usage,
        StartedAt = before.StartedAt,
        ObservedAt = before.ObservedAt,
        NotFoundSince = before.NotFoundSince,
        NotFoundCount = before.NotFoundCount,
        Attention = before.Attention,
        Steps = before.Steps,
        StepsTotal = before.StepsTotal,
        Polls = before.Polls,
        Requests = before.Requests,
        HasReminder = before.HasReminder,
        Cancel = state.Cancel is { } cancel && before.Cancel is { } wish ? cancel with { Acknowledged = wish.Acknowledged } : state.Cancel,
        PendingWork = state.PendingWork & before.PendingWork,
        PendingSince = before.PendingSince,
        Reports = before.Reports,
        Unsaved = before.Unsaved,
        RecheckRequestedAt = before.RecheckRequestedAt,
        PolledPastDeadlineUntil = before.PolledPastDeadlineUntil,
    };

    private static string? AttemptBroken(ExecutionState before, ExecutionState after)
    {
        if (after.Attempt == before.Attempt)
        {
            return before.Status.IsTerminal() && after.Status != before.Status ? $"{before.Status} became {after.Status} within an attempt." : null;
        }

        return after.Attempt == before.Attempt + 1 && before.Status.IsTerminal() && !after.Status.IsTerminal()
            && after.History is [.., var last] && last.Attempt == before.Attempt && last.Status == before.Status
            ? null
            : $"Attempt {before.Attempt} ({before.Status}) became {after.Attempt} ({after.Status}).";
    }

    private static string? ReportsBroken(ExecutionState after, ImmutableArray<LifecycleEffect> effects)
    {
        var told = effects.OfType<LifecycleEffect.ReportSteps>().SelectMany(effect => effect.Reports).ToArray();
        return told.Any(report => report.Version > after.Version) ? "A step was told what is not stored."
            : after.Reports.Count(report => report.Reported) > LifecycleLimits.MaxConcurrentReports ? "Too many reports are on their way."
            : null;
    }

    private static string? AlarmBroken(ExecutionState after, ImmutableArray<LifecycleEffect> effects) =>
        effects.Count(effect => effect is LifecycleEffect.WakeAt) > 1 ? "There is one alarm."
        : !after.Status.IsTerminal() && after.PendingWork != PendingWork.None ? "Work is pending before the end."
        : after.Status.IsTerminal() && after.Submission.Open && !after.PendingWork.HasFlag(PendingWork.CancelRemote) ? "A start is awaited that nobody needs."
        : (after.PendingWork == PendingWork.None) != (after.PendingSince is null) ? "Pending work has a beginning, and nothing else has."
        : null;
}
