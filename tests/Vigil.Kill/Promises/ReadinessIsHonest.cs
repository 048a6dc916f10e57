namespace Vigil.Kill;

/// <summary>A silo says that it is ready when it is, and only then: not while its store takes no writes, and not once it was told to stop.</summary>
internal sealed class ReadinessIsHonest : IPromise
{
    private static readonly TimeSpan Reaction = TimeSpan.FromSeconds(1);

    public string Name => "readiness is honest";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var answers in record.Readiness.GroupBy(answer => answer.Silo))
        {
            foreach (var text in Judge(record, answers.Key, [.. answers.OrderBy(answer => answer.At)]))
            {
                yield return new(Name, null, $"silo {answers.Key} {text}");
            }
        }
    }

    private static IEnumerable<string> Judge(TrialRecord record, int silo, List<ReadyAnswer> answers)
    {
        var firstReady = answers.Find(answer => answer.Code == 200)?.At ?? DateTimeOffset.MaxValue;
        var unready = answers.Find(answer => answer.Code != 200 && answer.At > firstReady && !record.Hurts.OwnBetween(answer.At - record.Limits.Aftermath, answer.At + Reaction).Any());
        if (unready is not null)
        {
            yield return $"said {unready.Code} {unready.Missing} at {unready.At:HH:mm:ss}, although nothing was hurt";
        }

        var isGone = record.Hurts.All.Any(hurt => hurt.Silo == silo && hurt.EndedAt is null);
        if (!isGone && answers is [.., { Code: not 200 } last])
        {
            yield return $"said {last.Code} {last.Missing} at the end";
        }

        foreach (var outage in record.Hurts.All.Where(hurt => hurt.Kind == HurtKind.StoreDown))
        {
            // A full disk still has room for some writes in files that exist. What was asked when it ended may be answered after.
            var gone = record.Stored.Select(line => line.At).Where(at => at >= outage.From && at < outage.To - Reaction).Append(outage.From).Max();
            if (answers.Find(answer => answer.Code == 200 && answer.At > gone + record.Limits.NoticeStore && answer.At < outage.To - Reaction) is { } ready)
            {
                yield return $"said that it is ready {(ready.At - gone).TotalSeconds:N0} s after its store had gone ({outage})";
            }
        }

        foreach (var stop in record.Hurts.All.Where(hurt => hurt.Kind == HurtKind.Stopping && hurt.Silo == silo))
        {
            if (answers.Find(answer => answer.Code == 200 && answer.At > stop.From + Reaction && answer.At < stop.To) is { } ready)
            {
                yield return $"said that it is ready {(ready.At - stop.From).TotalSeconds:N1} s after it was told to stop";
            }
            else if (!answers.Exists(answer => answer.Code == 503 && answer.At >= stop.From && answer.At <= stop.To) && stop.To - stop.From > Reaction * 3)
            {
                yield return $"did not say that it stops ({stop})";
            }
        }
    }
}
