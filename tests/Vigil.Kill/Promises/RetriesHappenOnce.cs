namespace Vigil.Kill;

/// <summary>A retry that was accepted happens, once; nothing else runs again.</summary>
internal sealed class RetriesHappenOnce : IPromise
{
    public string Name => "retries happen once";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var (order, seen, _) in record.Settled)
        {
            var ran = record.RunsOf[order.Key].Select(run => run.Attempt).DefaultIfEmpty(0).Max();
            if (ran > (order is { FollowUp: FollowUp.Retry, FollowUpSent: true } ? 2 : 1))
            {
                yield return new(Name, order.Key, $"ran {ran} times on the platform");
            }

            var shown = record.PlatformAttempt(seen.Execution);
            if (order is { FollowUp: FollowUp.Retry, FollowUpAccepted: true } && (shown != 2 || ran != 2))
            {
                yield return new(Name, order.Key, $"should have been retried, but is attempt {shown} in Vigil and {ran} on the platform");
            }
        }
    }
}
