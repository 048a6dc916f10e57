using System.Collections.Concurrent;
using Vigil.Storage;

namespace Vigil.Kill;

/// <summary>Mutants that leave events out, or deliver them wrongly.</summary>
internal static class EventMutants
{
    private static readonly ConcurrentDictionary<string, StoredDelivery> Held = new();

    public static IReadOnlyList<Mutant> All { get; } =
    [
        Drops(ExecutionEventTypes.Accepted),
        Drops(ExecutionEventTypes.Started),
        Drops(ExecutionEventTypes.Updated) with { Platform = "agentic", Target = TargetKind.Long, IsSlow = true },
        Drops(ExecutionEventTypes.AwaitingInput) with { Target = TargetKind.Pauses, IsSlow = true },
        Drops(ExecutionEventTypes.Ended),
        new("rewrites updated", "events are complete")
        {
            Platform = "agentic",
            Target = TargetKind.Long,
            IsSlow = true,
            Write = write => write.EventType == ExecutionEventTypes.Updated && !write.Status.IsTerminal() ? write with { EventType = ExecutionEventTypes.Started } : write,
        },
        new("delivers not all", "deliveries are complete") { Deliver = due => due.Event.Type == ExecutionEventTypes.Started ? [] : [due] },
        new("delivers no end", "deliveries are complete") { Deliver = due => due.Event.Type == ExecutionEventTypes.Ended ? [] : [due] },
        new("delivers twice", "deliveries are complete") { Deliver = due => due.Event.Type == ExecutionEventTypes.Started ? [due, due] : [due] },
        new("delivers altered", "deliveries are complete")
        {
            Deliver = due => [due with { Event = due.Event with { ExecutionJson = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(due.Event.ExecutionJson.Span).Replace("order-", "ORDER-", StringComparison.Ordinal)) } }],
        },
        new("delivers out of order", "deliveries are complete") { Deliver = Swap },
    ];

    private static Mutant Drops(string type) => new($"drops {type.Split('.')[1]}", "events are complete")
    {
        Write = write => write.EventType == type ? write with { EventType = null, EventJson = default, Subscribers = [] } : write,
    };

    private static IEnumerable<StoredDelivery> Swap(StoredDelivery due)
    {
        if (due.Event.Type == ExecutionEventTypes.Accepted)
        {
            Held[due.Event.ExecutionId] = due;
            return [];
        }

        // Long enough for the first to have arrived.
        return Held.TryGetValue(due.Event.ExecutionId, out var held) && due.Event.Type == ExecutionEventTypes.Ended ? [due, held] : [due];
    }
}
