namespace Vigil.Platforms;

/// <summary>Derives steps from a progress, for platforms that report nothing else about them.</summary>
internal static class ProgressSteps
{
    /// <summary>Returns the steps up to the current one. Only that one has a name; the earlier ones must have succeeded for the run to reach it.</summary>
    public static ImmutableArray<StepSnapshot> Of(ExecutionProgress? progress, ExecutionStatus status, ExecutionFailure? failure)
    {
        var current = Math.Min(progress?.Current ?? 0, Snapshot.MaxSteps);
        return
        [
            .. Enumerable.Range(1, current).Select(number =>
            {
                var id = number.ToString(CultureInfo.InvariantCulture);
                var isCurrent = number == current;
                return new StepSnapshot
                {
                    Id = id,
                    Name = isCurrent ? progress!.Name ?? id : id,
                    Status = isCurrent ? StatusOfCurrent(status) : StepStatus.Succeeded,
                    Failure = isCurrent ? failure : null,
                };
            }),
        ];
    }

    private static StepStatus StatusOfCurrent(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Succeeded => StepStatus.Succeeded,
        ExecutionStatus.Failed => StepStatus.Failed,
        ExecutionStatus.Pending => StepStatus.Pending,
        ExecutionStatus.Cancelled => StepStatus.Cancelled,
        _ => StepStatus.Running,
    };
}
