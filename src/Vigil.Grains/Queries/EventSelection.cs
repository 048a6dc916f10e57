using System.Text.Json.Serialization;

namespace Vigil.Grains.Queries;

/// <summary>Selects the events that a query wants. Their JSON is read only where the query asks for what is in it.</summary>
internal sealed class EventSelection(EventQuery query)
{
    private readonly EventFilter _filter = query.Filter;
    private readonly HashSet<string>? _ids = query.ExecutionIds.IsDefaultOrEmpty ? null : new(query.ExecutionIds, StringComparer.Ordinal);

    /// <summary>Gets the selection of all events.</summary>
    public static EventSelection Everything { get; } = new(new());

    private bool LooksInside => _filter is not { Connection: null, Platform: null, TargetKind: null, TargetId: null, Statuses.IsDefaultOrEmpty: true };

    /// <summary>Returns the wanted events from the first on, up to a size, but at least one.</summary>
    /// <param name="events">The events.</param>
    /// <param name="maxBytes">The size of the executions in them.</param>
    /// <param name="passed">The last event that was selected or not wanted; null if there are no events.</param>
    public ImmutableArray<StoredEvent> Of(ImmutableArray<StoredEvent> events, int maxBytes, out StoredEvent? passed)
    {
        var wanted = ImmutableArray.CreateBuilder<StoredEvent>();
        var bytes = 0;
        passed = null;
        foreach (var stored in events)
        {
            if (Wants(stored))
            {
                var kept = query.OmitExecutions ? stored with { ExecutionJson = default } : stored;
                bytes += kept.ExecutionJson.Length;
                if (bytes > maxBytes && wanted.Count > 0)
                {
                    break;
                }

                wanted.Add(kept);
            }

            passed = stored;
        }

        return wanted.DrainToImmutable();
    }

    private bool Wants(StoredEvent stored) =>
        _ids?.Contains(stored.ExecutionId) != false
        && (_filter.Types.IsDefaultOrEmpty || _filter.Types.Contains(stored.Type))
        && (!LooksInside || (JsonSerializer.Deserialize(stored.ExecutionJson.Span, EventFactsJson.Default.EventFacts) is { } facts
            && _filter.Matches(stored.Type, facts.Status, facts.Connection, facts.Platform, facts.Target)));
}

/// <summary>What a filter compares of an execution.</summary>
internal sealed record EventFacts(string Connection, string Platform, ExecutionTarget? Target, ExecutionStatus Status);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCaseEnumConverter<ExecutionStatus>)])]
[JsonSerializable(typeof(EventFacts))]
internal sealed partial class EventFactsJson : JsonSerializerContext;
