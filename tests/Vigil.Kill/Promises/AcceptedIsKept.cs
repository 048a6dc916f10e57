namespace Vigil.Kill;

/// <summary>What was accepted exists, and nobody is refused for a hurt.</summary>
internal sealed class AcceptedIsKept : IPromise
{
    public string Name => "accepted is kept";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var order in record.Orders)
        {
            if (order.Refusal is { } refusal)
            {
                yield return new(Name, order.Key, refusal);
            }
            else if (order.Accepted && !record.Executions.ContainsKey(order.Key))
            {
                yield return new(Name, order.Key, record.SettledInTime ? "was accepted, but does not exist" : "was accepted, but could not be read in time");
            }
        }
    }
}
