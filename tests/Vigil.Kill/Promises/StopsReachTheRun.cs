namespace Vigil.Kill;

/// <summary>A cancel that was accepted reaches the run, and so does an abandoning that cancels.</summary>
internal sealed class StopsReachTheRun : IPromise
{
    private static readonly string[] CanCancel = ["agentic", "manifest", "cognite"];

    public string Name => "stops reach the run";

    public IEnumerable<Breach> Judge(TrialRecord record) =>
        from settled in record.Settled
        where MustBeStopped(settled.Order, settled.Seen.Execution) && record.RunsOf[settled.Order.Key].Any(run => !run.Ended)
        select new Breach(Name, settled.Order.Key, "should have been cancelled, but its run goes on on the platform");

    private static bool MustBeStopped(Order order, Execution execution) =>
        CanCancel.Contains(order.Platform)
        && execution is { Terminal: true, RemoteId: not null }
        && (order is { FollowUp: FollowUp.Cancel, FollowUpAccepted: true } || (execution.Status == ExecutionStatus.Abandoned && order.CancelOnAbandon));
}
