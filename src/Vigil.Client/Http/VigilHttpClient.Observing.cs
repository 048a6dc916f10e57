using System.Runtime.CompilerServices;

namespace Vigil.Client;

public sealed partial class VigilHttpClient
{
    /// <inheritdoc />
    public IAsyncEnumerable<ExecutionEvent> ObserveAsync(string id, long afterVersion = 0, CancellationToken cancellationToken = default) =>
        EventsAsync($"{Of(id)}/events?after_version={afterVersion}", cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ExecutionEvent> ObserveAsync(EventFilter filter, long? afterSeq = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        (string Name, string? Value)[] parameters =
        [
            ("after", afterSeq?.ToString(CultureInfo.InvariantCulture)),
            .. (filter.Types.IsDefault ? [] : filter.Types).Select(type => ("type", (string?)type)),
            .. (filter.Statuses.IsDefault ? [] : filter.Statuses).Select(status => ("status", (string?)Word(status))),
            ("connection", filter.Connection),
            ("platform", filter.Platform),
            ("target_kind", filter.TargetKind),
            ("target", filter.TargetId),
        ];
        return EventsAsync($"v1/events?{string.Concat(parameters.Select(parameter => Parameter(parameter.Name, parameter.Value))).TrimStart('&')}", cancellationToken);
    }

    private async IAsyncEnumerable<ExecutionEvent> EventsAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = new EventConnection(path, OpenAsync);
        while (await connection.NextAsync(cancellationToken) is { } item)
        {
            if (item.EventType == "gap")
            {
                var gap = JsonElement.Parse(item.Data);
                throw new EventsMissedException(gap.GetProperty("after").GetInt64(), gap.GetProperty("next").GetInt64());
            }

            // The types that a later server adds are events too, if they carry one.
            if (item.EventType.StartsWith("execution.", StringComparison.Ordinal))
            {
                yield return JsonSerializer.Deserialize(item.Data, VigilJson.Default.ExecutionEvent)
                    ?? throw new VigilUnavailableException($"{http.BaseAddress}{path} sent an event without content.");
            }
        }
    }
}
