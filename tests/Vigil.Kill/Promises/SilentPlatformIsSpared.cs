namespace Vigil.Kill;

/// <summary>A platform that takes starts and answers none is asked once in a while, and not for every start that waits: each would be lost.</summary>
internal sealed class SilentPlatformIsSpared : IPromise
{
    public string Name => "silent platform is spared";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        var silos = Math.Max(1, record.Outputs.Count);
        foreach (var silence in record.Hurts.All.Where(hurt => hurt.Kind == HurtKind.PlatformSilent))
        {
            // The first ones must time out before anything is known; from then on one at a time tries.
            var known = silence.From + (record.Limits.RequestTimeout * 1.5);
            var starts = record.Requests.Count(request => request.Operation == "start" && request.Platform == silence.Detail && request.At > known && request.At < silence.To
                && LostOnlyByEvidence.WasCut(request));
            var allowed = silos * (((silence.To - known) / record.Limits.RequestTimeout) + 2);
            if (starts > allowed)
            {
                yield return new(Name, null, $"{silence.Detail} answered no start and was sent {starts} more after the first had timed out; {allowed:N0} are allowed");
            }
        }
    }
}
