namespace Vigil.Grains.Lifecycle;

/// <summary>What the step grains are told. Until they acknowledge it, it waits in the state; what is not stored yet is not told.</summary>
internal static class Reporting
{
    /// <summary>Marks the reports that may leave now as told, and returns the effect that tells them.</summary>
    public static (ExecutionState State, ImmutableArray<LifecycleEffect> Effects) Next(ExecutionState state)
    {
        if (state.Reports.IsEmpty)
        {
            return (state, []);
        }

        var room = LifecycleLimits.MaxConcurrentReports - state.Reports.Count(waiting => waiting.Reported);
        var reports = state.Reports.ToBuilder();
        var leaving = ImmutableArray.CreateBuilder<StepReport>();
        for (var i = 0; i < reports.Count && leaving.Count < room; i++)
        {
            if (!reports[i].Reported && reports[i].Report.Version <= state.Version)
            {
                leaving.Add(reports[i].Report);
                reports[i] = reports[i] with { Reported = true };
            }
        }

        return leaving.Count == 0
            ? (state, [])
            : (state with { Reports = reports.ToImmutable() }, [new LifecycleEffect.TellSteps(leaving.ToImmutable())]);
    }

    /// <summary>What was told and not acknowledged is told again.</summary>
    public static ExecutionState Again(ExecutionState state) =>
        state.Reports.IsEmpty ? state : state with { Reports = [.. state.Reports.Select(waiting => waiting with { Reported = false })] };

    /// <summary>Counts as acknowledged what the steps themselves have stored.</summary>
    public static ExecutionState Stored(ExecutionState state, ImmutableDictionary<string, long> versions) => versions.IsEmpty
        ? state
        : state with { Steps = [.. state.Steps.Select(entry => Acknowledge(entry, versions.GetValueOrDefault(StepKey.Of(state.Id, entry.Summary.Id).Value)))] };

    /// <summary>Reports in short every unacknowledged step whose whole report is gone for good.</summary>
    public static ExecutionState Complete(ExecutionState state, DateTimeOffset at)
    {
        var missing = Missing(state);
        return missing.IsEmpty ? state : state with
        {
            Reports = [.. state.Reports, .. missing.Select(entry => new WaitingReport(Report(state, entry, Whole(entry.Summary), at), Reported: false))],
        };
    }

    /// <summary>The unacknowledged steps of which no report waits.</summary>
    public static ImmutableArray<StepEntry> Missing(ExecutionState state)
    {
        var waiting = state.Reports.Select(report => report.Report.Snapshot.Id).ToHashSet(StringComparer.Ordinal);
        return [.. state.Steps.Where(entry => entry.Acknowledged < entry.Version && !waiting.Contains(entry.Summary.Id))];
    }

    public static Transition Acknowledged(ExecutionState state, LifecycleInput.StepsAcknowledged input, LifecycleContext context)
    {
        var next = state with
        {
            Steps = [.. state.Steps.Select(entry => Acknowledge(entry, input.Versions.GetValueOrDefault(entry.Summary.Id)))],
            Reports = [.. state.Reports.Where(waiting => waiting.Report.Version > input.Versions.GetValueOrDefault(waiting.Report.Snapshot.Id))],
        };
        if (next.Steps.SequenceEqual(state.Steps))
        {
            return Transition.None(state);
        }

        var toldAll = next.Steps.All(entry => entry.Acknowledged >= entry.Version);
        return toldAll && next.PendingWork.HasFlag(PendingWork.Steps) ? Finishing.Done(next, PendingWork.Steps, context) : Transition.Keep(next);
    }

    public static StepReport Report(ExecutionState state, StepEntry entry, StepSnapshot snapshot, DateTimeOffset at) => new(
        state.Id,
        state.Attempt,
        entry.Version,
        at,
        snapshot with
        {
            Failure = Truncation.Cut(snapshot.Failure),
            Input = Truncation.CutJson(snapshot.Input, LifecycleLimits.StepBodyBytes, out _),
            Output = Truncation.CutJson(snapshot.Output, LifecycleLimits.StepBodyBytes, out _),
        });

    private static StepEntry Acknowledge(StepEntry entry, long told) =>
        Math.Min(told, entry.Version) is var version && version > entry.Acknowledged ? entry with { Acknowledged = version } : entry;

    private static StepSnapshot Whole(StepSummary summary) => new()
    {
        Id = summary.Id,
        Name = summary.Name,
        Kind = summary.Kind,
        Status = summary.Status,
        RawStatus = summary.RawStatus,
        Failure = summary.FailureReason is { } reason ? new(reason) : null,
    };
}
