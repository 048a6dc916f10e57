namespace Vigil.Kill;

/// <summary>A run as the simulated platforms' own ledger has it.</summary>
/// <param name="Order">The order that its input names.</param>
/// <param name="RemoteId">The platform's id.</param>
/// <param name="Ended">Whether it has ended there.</param>
/// <param name="Outcome">How it ended or will end when nobody stops it.</param>
internal sealed record LedgerRun(string Order, string RemoteId, bool Ended, ExecutionStatus Outcome);

/// <summary>
/// Compares what was promised with the platforms' ledger, the store and the subscriber's log. It shares no code with what it checks.
/// </summary>
internal sealed class Checker(IReadOnlyList<LedgerRun> ledger, IReadOnlyList<Told> log, Chaos chaos)
{
    private readonly ILookup<string, LedgerRun> _runs = ledger.ToLookup(run => run.Order);
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

        foreach (var problem in Telling(execution))
        {
            yield return problem;
        }
    }

    /// <summary>Returns what is wrong with runs that no accepted order asked for.</summary>
    public IEnumerable<string> CheckStrangers(IReadOnlySet<string> orders) =>
        _runs.Where(run => !orders.Contains(run.Key)).Select(run => $"the platform runs {run.First().RemoteId}, which nobody ordered ('{run.Key}')");

    private string? Outcome(Order order, Execution execution, LedgerRun? run) => execution.Status switch
    {
        ExecutionStatus.Abandoned => order.WishAccepted && order.Wish == Wish.Abandon || execution.EndedAt >= execution.DeadlineAt
            ? null
            : "was abandoned before its deadline, and nobody asked for it",
        ExecutionStatus.Cancelled when run is null => order.Wish == Wish.Cancel ? null : "was cancelled, and nobody asked for it",
        ExecutionStatus.Lost => chaos.Touched(execution.AcceptedAt, execution.EndedAt ?? execution.DeadlineAt)
            ? null
            : $"is lost ({execution.Failure?.Reason}), and no silo was hurt meanwhile",
        _ when run is null => $"ended as {execution.Status}, but the platform never ran it",
        _ when !run.Ended => $"ended as {execution.Status}, but runs on at the platform",
        _ when run.Outcome != execution.Status => $"ended as {execution.Status}, but the platform says {run.Outcome}",
        _ => null,
    };

    private static bool MustBeStopped(Order order, Execution execution) =>
        order.Platform == "agentic"
        && execution.RemoteId is not null
        && ((order.Wish == Wish.Cancel && order.WishAccepted) || (execution.Status == ExecutionStatus.Abandoned && order.CancelOnAbandon));

    private IEnumerable<string> Telling(Execution execution)
    {
        var told = _told[execution.Id].ToList();
        var ends = told.Where(line => line.Type == ExecutionEventTypes.Ended).ToList();
        if (ends.Count == 0)
        {
            yield return "was never told to have ended";
        }

        foreach (var attempt in ends.GroupBy(line => line.Attempt).Where(group => group.Select(line => line.EventId).Distinct().Count() > 1))
        {
            yield return $"the end of attempt {attempt.Key} was told under several ids: {string.Join(", ", attempt.Select(line => line.EventId).Distinct())}";
        }

        if (ends.Count > 0 && ends[^1].Status != execution.Status)
        {
            yield return $"ended as {execution.Status}, but {ends[^1].Status} was told";
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
