namespace Vigil.Kill;

/// <summary>No run goes on unwatched: the platform is asked about it, its execution knows it, and its end is told soon.</summary>
internal sealed class RunsAreWatched : IPromise
{
    // Platforms whose list of the active runs is asked for instead of each run.
    private static readonly string[] Listed = ["cognite", "moderately"];

    public string Name => "runs are watched";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        var looks = record.Requests.SelectMany(request => request.RunIds.Select(id => (id, request.At))).ToLookup(look => look.id, look => look.At);
        var lists = record.Requests.Where(request => request.Operation == "list").ToLookup(request => request.Platform, request => request.At);
        foreach (var (order, seen, run) in record.Settled.Where(settled => settled.Run is not null))
        {
            // Whether a lost one may be lost is another promise.
            if (seen.Execution.Status == ExecutionStatus.Lost)
            {
                continue;
            }

            if (seen.Execution.RemoteId is null && !LostOnlyByEvidence.HasEvidence(record, order))
            {
                yield return new(Name, order.Key, $"is {seen.Execution.Status} without knowing run {run!.RemoteId}");
            }

            var asked = looks[run!.RemoteId].Concat(Listed.Contains(run.Platform) ? lists[run.Platform] : []).Order();
            if (Gap(record, run, [.. asked]) is { } gap)
            {
                yield return new(Name, order.Key, gap);
            }
        }
    }

    private static string? Gap(TrialRecord record, RealRun run, IReadOnlyList<DateTimeOffset> asked)
    {
        var end = record.DeliveredOf[run.Key].Where(line => line.Event.Type == ExecutionEventTypes.Ended).Select(line => (DateTimeOffset?)line.At).LastOrDefault();
        if (run.Attempt > 1 || end is null)
        {
            return null;
        }

        if (run.EndedAt is { } ended && IsTooLong(record, run, ended, end.Value))
        {
            return $"its end was told {(end - ended).Value.TotalSeconds:N0} s after the run had ended";
        }

        var until = run.EndedAt < end ? run.EndedAt.Value : end.Value;
        var moments = asked.Where(at => at >= run.AcceptedAt && at < until).Prepend(run.AcceptedAt).Append(until).ToList();
        return moments.Zip(moments.Skip(1)).Where(pair => IsTooLong(record, run, pair.First, pair.Second))
            .Select(pair => $"nobody asked about run {run.RemoteId} for {(pair.Second - pair.First).TotalSeconds:N0} s").FirstOrDefault();
    }

    private static bool IsTooLong(TrialRecord record, RealRun run, DateTimeOffset from, DateTimeOffset to) =>
        to - from > record.Limits.MaxUnwatched && to - from > record.Limits.MaxUnwatched + record.Hurts.Delay(from, to, record.Limits.Aftermath, run.Platform);
}
