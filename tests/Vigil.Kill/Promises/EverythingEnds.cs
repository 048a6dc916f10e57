namespace Vigil.Kill;

/// <summary>Every execution ends, with nothing left to do.</summary>
internal sealed class EverythingEnds : IPromise
{
    public string Name => "everything ends";

    public IEnumerable<Breach> Judge(TrialRecord record) =>
        from settled in record.Settled
        let execution = settled.Seen.Execution
        where !execution.Terminal || execution.PendingWork != PendingWork.None
        select new Breach(Name, settled.Order.Key, $"is stuck as {execution.Status} with pending work {execution.PendingWork}");
}
