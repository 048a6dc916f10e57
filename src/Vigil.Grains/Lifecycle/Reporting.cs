namespace Vigil.Grains.Lifecycle;

/// <summary>The reports to step grains. They are kept in the state until acknowledged, and sent only once the execution's own change is stored.</summary>
internal static class Reporting
{
    /// <summary>Marks the reports that may be sent now, and returns the effect that sends them.</summary>
    public static (ExecutionState State, ImmutableArray<LifecycleEffect> Effects) TakeSendable(ExecutionState state)
    {
        if (state.Reports.IsEmpty)
        {
            return (state, []);
        }

        var room = LifecycleLimits.MaxConcurrentReports - state.Reports.Count(waiting => waiting.Reported);
        var reports = state.Reports.ToBuilder();
        var sending = ImmutableArray.CreateBuilder<StepReport>();
        for (var i = 0; i < reports.Count && sending.Count < room; i++)
        {
            if (!reports[i].Reported && reports[i].Report.Version <= state.Version)
            {
                sending.Add(reports[i].Report);
                reports[i] = reports[i] with { Reported = true };
            }
        }

        return sending.Count == 0
            ? (state, [])
            : (state with { Reports = reports.ToImmutable() }, [new LifecycleEffect.ReportSteps(sending.ToImmutable())]);
    }

    /// <summary>Marks all unacknowledged reports to be sent again.</summary>
    public static ExecutionState Resend(ExecutionState state) =>
        state.Reports.IsEmpty ? state : state with { Reports = [.. state.Reports.Select(waiting => waiting with { Reported = false })] };

    /// <summary>Acknowledges what the steps themselves have stored.</summary>
    public static ExecutionState AcknowledgeStored(ExecutionState state, ImmutableDictionary<string, long> versions) => versions.IsEmpty
        ? state
        : state with { Steps = [.. state.Steps.Select(entry => Acknowledge(entry, versions.GetValueOrDefault(StepKey.Of(state.Id, entry.Summary.Id).Value)))] };

    /// <summary>Adds a report with only the summary for each unacknowledged step whose full report is lost.</summary>
    public static ExecutionState AddSummaries(ExecutionState state, DateTimeOffset at)
    {
        var missing = WithoutReport(state);
        return missing.IsEmpty ? state : state with
        {
            Reports = [.. state.Reports, .. missing.Select(entry => new WaitingReport(Report(state, entry, SnapshotOf(entry.Summary), at), Reported: false))],
        };
    }

    /// <summary>Returns the unacknowledged steps that have no report.</summary>
    public static ImmutableArray<StepEntry> WithoutReport(ExecutionState state)
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

        var isComplete = next.Steps.All(entry => entry.Acknowledged >= entry.Version);
        return isComplete && next.PendingWork.HasFlag(PendingWork.Steps) ? Finishing.Done(next, PendingWork.Steps, context) : Transition.Keep(next);
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

    private static StepEntry Acknowledge(StepEntry entry, long acknowledged) =>
        Math.Min(acknowledged, entry.Version) is var version && version > entry.Acknowledged ? entry with { Acknowledged = version } : entry;

    private static StepSnapshot SnapshotOf(StepSummary summary) => new()
    {
        Id = summary.Id,
        Name = summary.Name,
        Kind = summary.Kind,
        Status = summary.Status,
        RawStatus = summary.RawStatus,
        Failure = summary.FailureReason is { } reason ? new(reason) : null,
    };
}
