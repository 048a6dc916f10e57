namespace Vigil.Kill;

/// <summary>An execution ends as its run did, for the same reason; what Vigil concluded itself it was asked for, or its deadline had passed.</summary>
internal sealed class OutcomeIsThePlatforms : IPromise
{
    public string Name => "outcome is the platform's";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var (order, seen, run) in record.Settled.Where(settled => settled.Seen.Execution.Terminal))
        {
            if (WrongIn(record, order, seen.Execution, run) is { } wrong)
            {
                yield return new(Name, order.Key, wrong);
            }
        }

        foreach (var (order, seen, run) in record.EndedByPlatform.Where(settled => settled.Run.State.Reason is not null && settled.Order.Platform != "moderately"))
        {
            // A run that was cancelled has the caller's reason on one platform, and none on the others.
            if (run.Status is ExecutionStatus.Failed && seen.Execution.Failure?.Reason != run.State.Reason)
            {
                yield return new(Name, order.Key, $"failed for '{seen.Execution.Failure?.Reason}', but the platform says '{run.State.Reason}'");
            }
        }
    }

    private static string? WrongIn(TrialRecord record, Order order, Execution execution, RealRun? run) => execution.Status switch
    {
        ExecutionStatus.Lost => null,
        ExecutionStatus.Abandoned => WrongInAbandoned(record, order, execution, run),
        ExecutionStatus.Cancelled when run is null => order is { FollowUp: FollowUp.Cancel, FollowUpSent: true } ? null : "was cancelled, but no caller requested it",
        _ when run is null => $"ended as {execution.Status}, but the platform never ran it",
        _ when !run.Ended => $"ended as {execution.Status}, but is still running on the platform",

        // This platform has one word for both; after a cancel request it means cancelled.
        ExecutionStatus.Cancelled when order is { Platform: "cognite", FollowUp: FollowUp.Cancel } && run.Status == ExecutionStatus.Terminated => null,
        _ when run.Status == ExecutionStatus.Cancelled && !order.MayBeCancelled => "was cancelled on the platform, but no caller requested it",
        _ when run.Status != execution.Status => $"ended as {execution.Status}, but the platform says {run.Status}",
        _ => null,
    };

    private static string? WrongInAbandoned(TrialRecord record, Order order, Execution execution, RealRun? run)
    {
        if (order is { FollowUp: FollowUp.Abandon, FollowUpSent: true })
        {
            return null;
        }

        if (!(execution.EndedAt >= execution.DeadlineAt))
        {
            return "was abandoned before its deadline, but no caller requested it";
        }

        // A wrong clock brings a deadline early; otherwise a run that had ended long before it must have been seen to.
        var began = order.RequestedAt;
        var deadline = began + TimeSpan.FromSeconds(order.DeadlineSeconds);
        var isClockWrong = record.Hurts.Between(began - record.Limits.Aftermath, deadline).Any(hurt => hurt.Kind == HurtKind.ClockSet);
        return !isClockWrong && run?.EndedAt is { } ended
            && ended + record.Limits.MaxUnwatched + record.Hurts.Delay(ended, deadline, record.Limits.Aftermath, order.Platform) < deadline
                ? $"was abandoned at its deadline, although it had ended as {run.Status} on the platform {(deadline - ended).TotalSeconds:N0} s before"
                : null;
    }
}
