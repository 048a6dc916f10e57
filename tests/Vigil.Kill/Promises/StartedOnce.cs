namespace Vigil.Kill;

/// <summary>No order is started twice, and nothing is started that nobody ordered.</summary>
internal sealed class StartedOnce : IPromise
{
    public string Name => "started once";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        var ordered = record.Orders.Select(order => order.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var runs in record.RunsOf)
        {
            var ids = string.Join(", ", runs.Select(run => run.RemoteId));
            if (!ordered.Contains(runs.Key))
            {
                yield return new(Name, runs.Key, $"the platform runs {ids}, but nobody ordered it");
            }
            else if (runs.Count() > 1)
            {
                yield return new(Name, runs.Key, $"was started {runs.Count()} times: {ids}");
            }
        }

        foreach (var (order, seen, run) in record.Settled)
        {
            if (seen.Execution.RemoteId is { } remoteId && record.RunsOf[order.Key].All(other => other.RemoteId != remoteId))
            {
                yield return new(Name, order.Key, $"says that it is run {remoteId}, which is {(run is null ? "no run of the platform" : "not its own")}");
            }
        }
    }
}
