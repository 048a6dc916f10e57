namespace Vigil.Kill;

/// <summary>
/// Compares what was promised with the platforms' ledger, the store and the subscriber's log. It shares no code with what it checks.
/// </summary>
internal sealed class Checker(IReadOnlyList<RealRun> ledger, IReadOnlyList<Told> log, Chaos chaos)
{
    /// <summary>The platforms that can be asked for a start whose answer was lost.</summary>
    public static readonly string[] FindStartsAgain = ["manifest", "cognite"];

    private static readonly string[] CanCancel = ["agentic", "manifest", "cognite"];

    private readonly ILookup<string, RealRun> _runs = ledger.ToLookup(run => run.Order);
    private readonly ILookup<string, Told> _told = log.ToLookup(told => told.ExecutionId);

    /// <summary>Returns what is wrong with one accepted order, as the API shows its execution; nothing where all is well.</summary>
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
            yield return "should have been cancelled, but its remote run goes on";
        }

        foreach (var problem in Attempts(order, execution, runs).Concat(Telling(execution)))
        {
            yield return problem;
        }
    }

    /// <summary>Returns what is wrong with runs that no order asked for.</summary>
    public IEnumerable<string> CheckStrangers(IReadOnlySet<string> orders) =>
        _runs.Where(run => !orders.Contains(run.Key)).Select(run => $"the platform runs {run.First().RemoteId}, which nobody ordered ('{run.Key}')");

    private string? Outcome(Order order, Execution execution, RealRun? run) => execution.Status switch
    {
        ExecutionStatus.Abandoned => (order.Wish == Wish.Abandon && order.Wished) || execution.EndedAt >= execution.DeadlineAt
            ? null
            : "was abandoned before its deadline, and nobody asked for it",
        ExecutionStatus.Cancelled when run is null => order.Wish == Wish.Cancel ? null : "was cancelled, and nobody asked for it",
        ExecutionStatus.Lost => Loss(order, execution),
        _ when run is null => $"ended as {execution.Status}, but the platform never ran it",
        _ when !run.Ended => $"ended as {execution.Status}, but runs on at the platform",

        // One word of this platform for both: after a wish to cancel it means that.
        ExecutionStatus.Cancelled when order is { Platform: "cognite", Wish: Wish.Cancel } && run.Outcome == ExecutionStatus.Terminated => null,
        _ when run.Outcome != execution.Status => $"ended as {execution.Status}, but the platform says {run.Outcome}",
        _ => null,
    };

    private string? Loss(Order order, Execution execution) =>
        execution.Failure?.Reason != "start_unconfirmed" ? $"is lost ({execution.Failure?.Reason}), though the platform has it"
        : FindStartsAgain.Contains(order.Platform) ? "is lost, though its start could be found again"
        : chaos.Touched(order.AskedAt, order.AskedAt.AddMinutes(2)) ? null
        : "is lost, and nothing was hurt meanwhile";

    private static bool MustBeStopped(Order order, Execution execution) =>
        CanCancel.Contains(order.Platform)
        && execution.RemoteId is not null
        && ((order.Wish == Wish.Cancel && order.WishAccepted) || (execution.Status == ExecutionStatus.Abandoned && order.CancelOnAbandon));

    private static IEnumerable<string> Attempts(Order order, Execution execution, List<RealRun> runs)
    {
        var ran = runs.Select(run => run.Attempt).DefaultIfEmpty(0).Max();
        if (ran > (order is { Wish: Wish.Retry, Wished: true } ? 2 : 1))
        {
            yield return $"ran {ran} times at the platform";
        }

        if (order is { Wish: Wish.Retry, WishAccepted: true } && (execution.Attempt != 2 || ran != 2))
        {
            yield return $"was to be retried, but is attempt {execution.Attempt} here and {ran} there";
        }
    }

    private IEnumerable<string> Telling(Execution execution)
    {
        var told = _told[execution.Id].ToList();
        var ends = told.Where(line => line.Type == ExecutionEventTypes.Ended).ToList();
        for (var attempt = 1; attempt <= execution.Attempt; attempt++)
        {
            var ids = ends.Where(line => line.Attempt == attempt).Select(line => line.EventId).Distinct().ToList();
            if (ids.Count != 1)
            {
                yield return ids.Count == 0
                    ? $"the end of attempt {attempt} was never told"
                    : $"the end of attempt {attempt} was told under several ids: {string.Join(", ", ids)}";
            }
        }

        var last = told.MaxBy(line => line.Version);
        if (last is not null && last.Status != execution.Status)
        {
            yield return $"ended as {execution.Status}, but {last.Status} was told last";
        }

        foreach (var group in told.GroupBy(line => line.EventId).Where(group => group.Select(line => line.BodyHash).Distinct().Count() > 1))
        {
            yield return $"event {group.Key} was told with different bodies";
        }

        // A repeat may come late; what is new must come in order.
        var versions = told.DistinctBy(line => line.EventId).Select(line => line.Version).ToList();
        if (!versions.SequenceEqual(versions.Order()))
        {
            yield return $"its events were told out of order: {string.Join(", ", versions)}";
        }
    }
}
