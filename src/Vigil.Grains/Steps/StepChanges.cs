namespace Vigil.Grains.Steps;

/// <summary>Applies reports to a step.</summary>
internal static class StepChanges
{
    public const int HistoryLength = 32;

    /// <summary>Applies a report, which must be newer than the step.</summary>
    public static Step Apply(Step? step, StepReport report)
    {
        var told = report.Snapshot;

        // Some answers contain a step without its bodies, so what is known from the same attempt is kept.
        var known = step?.Attempt == report.Attempt ? step : null;
        return new()
        {
            ExecutionId = report.ExecutionId,
            Id = told.Id,
            Name = told.Name,
            Kind = told.Kind ?? known?.Kind,
            Status = told.Status,
            RawStatus = told.RawStatus,
            Failure = told.Failure,
            Input = Truncation.CutJson(told.Input, LifecycleLimits.StepBodyBytes, out _) ?? known?.Input,
            Output = Truncation.CutJson(told.Output, LifecycleLimits.StepBodyBytes, out _) ?? known?.Output,
            Files = told.Files.IsEmpty ? known?.Files ?? [] : told.Files,
            DependsOn = told.DependsOn.IsEmpty ? known?.DependsOn ?? [] : told.DependsOn,
            ParentId = told.ParentId ?? known?.ParentId,
            Details = told.Details ?? known?.Details,
            Attempt = report.Attempt,
            Version = report.Version,
            StartedAt = told.StartedAt ?? known?.StartedAt,
            EndedAt = told.EndedAt ?? known?.EndedAt,
            History = Changed(step, report) ? [.. (step?.History ?? []).TakeLast(HistoryLength - 1), ChangeOf(report)] : step!.History,
        };
    }

    private static bool Changed(Step? step, StepReport report) =>
        step is null || step.Attempt != report.Attempt || step.Status != report.Snapshot.Status || step.RawStatus != report.Snapshot.RawStatus;

    private static StepChange ChangeOf(StepReport report) => new(report.At, report.Attempt, report.Snapshot.Status, report.Snapshot.RawStatus);
}
