namespace Vigil.Kill;

/// <summary>
/// Compares what was promised with the platforms' ledger, the API and the subscriber's log. It shares no code with what it checks.
/// </summary>
internal sealed class Checker(IReadOnlyList<RealRun> ledger, IReadOnlyList<DeliveredEvent> log, Chaos chaos)
{
    /// <summary>The platforms that can be asked for a start whose answer was lost.</summary>
    public static readonly string[] FindStartsAgain = ["manifest", "cognite"];

    private static readonly string[] CanCancel = ["agentic", "manifest", "cognite"];

    private readonly ILookup<string, RealRun> _runs = ledger.ToLookup(run => run.Order);
    private readonly ILookup<string, DeliveredEvent> _delivered = log.ToLookup(line => line.ExecutionId);

    /// <summary>Returns what is wrong with one accepted order, given its execution as the API shows it; empty if nothing is.</summary>
    public IEnumerable<string> Check(Order order, Execution execution)
    {
        var runs = _runs[order.Key].ToList();
        if (runs.Count > 1)
        {
            yield return $"was started {runs.Count} times: {string.Join(", ", runs.Select(run => run.RemoteId))}";
        }

        if (!execution.Terminal || execution.PendingWork != PendingWork.None)
        {
            yield return $"is stuck as {execution.Status} with pending work {execution.PendingWork}";
            yield break;
        }

        if (Outcome(order, execution, runs.FirstOrDefault()) is { } wrong)
        {
            yield return wrong;
        }

        if (MustBeStopped(order, execution) && runs.Any(run => !run.Ended))
        {
            yield return "should have been cancelled, but its remote run is still running";
        }

        foreach (var problem in Attempts(order, execution, runs).Concat(Deliveries(execution)))
        {
            yield return problem;
        }
    }

    /// <summary>Returns a problem for each run that no order started.</summary>
    public IEnumerable<string> CheckUnknownRuns(IReadOnlySet<string> orders) =>
        _runs.Where(run => !orders.Contains(run.Key)).Select(run => $"the platform runs {run.First().RemoteId}, but no order started it ('{run.Key}')");

    private string? Outcome(Order order, Execution execution, RealRun? run) => execution.Status switch
    {
        ExecutionStatus.Abandoned => (order.FollowUp == FollowUp.Abandon && order.FollowUpSent) || execution.EndedAt >= execution.DeadlineAt
            ? null
            : "was abandoned before its deadline, but no caller requested it",
        ExecutionStatus.Cancelled when run is null => order.FollowUp == FollowUp.Cancel ? null : "was cancelled, but no caller requested it",
        ExecutionStatus.Lost => Loss(order, execution),
        _ when run is null => $"ended as {execution.Status}, but the platform never ran it",
        _ when !run.Ended => $"ended as {execution.Status}, but is still running on the platform",

        // This platform has one word for both; after a cancel request it means cancelled.
        ExecutionStatus.Cancelled when order is { Platform: "cognite", FollowUp: FollowUp.Cancel } && run.Outcome == ExecutionStatus.Terminated => null,
        _ when run.Outcome != execution.Status => $"ended as {execution.Status}, but the platform says {run.Outcome}",
        _ => null,
    };

    private string? Loss(Order order, Execution execution) =>
        execution.Failure?.Reason != "start_unconfirmed" ? $"is lost ({execution.Failure?.Reason}), although the platform has it"
        : FindStartsAgain.Contains(order.Platform) ? "is lost, although its start could be found on the platform"
        : chaos.HadFault(order.RequestedAt, order.RequestedAt.AddMinutes(2)) ? null
        : "is lost, although no fault was injected at that time";

    private static bool MustBeStopped(Order order, Execution execution) =>
        CanCancel.Contains(order.Platform)
        && execution.RemoteId is not null
        && ((order.FollowUp == FollowUp.Cancel && order.FollowUpAccepted) || (execution.Status == ExecutionStatus.Abandoned && order.CancelOnAbandon));

    private static IEnumerable<string> Attempts(Order order, Execution execution, List<RealRun> runs)
    {
        var ran = runs.Select(run => run.Attempt).DefaultIfEmpty(0).Max();
        if (ran > (order is { FollowUp: FollowUp.Retry, FollowUpSent: true } ? 2 : 1))
        {
            yield return $"ran {ran} times on the platform";
        }

        if (order is { FollowUp: FollowUp.Retry, FollowUpAccepted: true } && (execution.Attempt != 2 || ran != 2))
        {
            yield return $"should have been retried, but is attempt {execution.Attempt} in Vigil and {ran} on the platform";
        }
    }

    private IEnumerable<string> Deliveries(Execution execution)
    {
        var delivered = _delivered[execution.Id].ToList();
        var ends = delivered.Where(line => line.Type == ExecutionEventTypes.Ended).ToList();
        for (var attempt = 1; attempt <= execution.Attempt; attempt++)
        {
            var ids = ends.Where(line => line.Attempt == attempt).Select(line => line.EventId).Distinct().ToList();
            if (ids.Count != 1)
            {
                yield return ids.Count == 0
                    ? $"the end of attempt {attempt} was never delivered"
                    : $"the end of attempt {attempt} was delivered with several ids: {string.Join(", ", ids)}";
            }
        }

        var last = delivered.MaxBy(line => line.Version);
        if (last is not null && last.Status != execution.Status)
        {
            yield return $"ended as {execution.Status}, but the last delivered status is {last.Status}";
        }

        foreach (var group in delivered.GroupBy(line => line.EventId).Where(group => group.Select(line => line.BodyHash).Distinct().Count() > 1))
        {
            yield return $"event {group.Key} was delivered with different bodies";
        }

        // Repeats may arrive late; new events must arrive in order.
        var versions = delivered.DistinctBy(line => line.EventId).Select(line => line.Version).ToList();
        if (!versions.SequenceEqual(versions.Order()))
        {
            yield return $"its events were delivered out of order: {string.Join(", ", versions)}";
        }
    }
}
