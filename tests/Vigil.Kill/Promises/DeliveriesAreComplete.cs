namespace Vigil.Kill;

/// <summary>
/// The subscriber is told every stored event, in order and unchanged; a second time only if a hurt came between, so that the first may not have been counted.
/// </summary>
internal sealed class DeliveriesAreComplete : IPromise
{
    public string Name => "deliveries are complete";

    public IEnumerable<Breach> Judge(TrialRecord record)
    {
        foreach (var (order, _, _) in record.Settled)
        {
            foreach (var text in Judge(record, record.StoredOf[order.Key].ToList(), record.DeliveredOf[order.Key].ToList()))
            {
                yield return new(Name, order.Key, text);
            }
        }
    }

    private static IEnumerable<string> Judge(TrialRecord record, List<SeenEvent> stored, List<DeliveredEvent> delivered)
    {
        var hashes = stored.DistinctBy(line => line.EventId).ToDictionary(line => line.EventId, line => line.BodyHash);
        foreach (var lines in delivered.GroupBy(line => line.Event.EventId))
        {
            if (!hashes.TryGetValue(lines.Key, out var hash))
            {
                yield return $"event {lines.Key} was delivered, but is not stored";
            }
            else if (lines.Any(line => line.Event.BodyHash != hash))
            {
                yield return $"event {lines.Key} was not delivered as it is stored";
            }

            foreach (var (first, next) in lines.Zip(lines.Skip(1)).Where(pair => !record.Hurts.OwnBetween(pair.First.At - record.Limits.StoreGrace, pair.Second.At).Any()))
            {
                yield return $"event {lines.Key} was delivered again after {(next.At - first.At).TotalSeconds:N1} s, although nothing was hurt";
            }
        }

        var told = delivered.Select(line => line.Event.EventId).ToHashSet();
        if (stored.Where(line => !told.Contains(line.EventId)).Select(line => $"{line.EventId} {line.Type}").ToList() is { Count: > 0 } missed)
        {
            yield return $"was never told {string.Join(", ", missed)}";
        }

        // Repeats may arrive late; new events must arrive in order.
        var versions = delivered.DistinctBy(line => line.Event.EventId).Select(line => line.Event.Version).ToList();
        if (!versions.SequenceEqual(versions.Order()))
        {
            yield return $"its events were delivered out of order: {string.Join(", ", versions)}";
        }
    }
}
