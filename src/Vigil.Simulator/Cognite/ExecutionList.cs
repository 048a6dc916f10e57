namespace Vigil.Simulator.Cognite;

/// <summary>The list of executions: filtered, in pages, with a cursor that is valid only for the same filter.</summary>
internal static class ExecutionList
{
    private const int MaxPageSize = 1_000;
    private const int DefaultPageSize = 100;

    public static SimulatedResponse Respond(SimulatedPlatforms world, SimulatedRequest request, Func<SimulatedRun, RunState, object> write)
    {
        if (request.Json() is not { } body)
        {
            return SimulatedCognite.Refuse(400, "The body must be a JSON object");
        }

        var limit = body.Member("limit") is { } number ? number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var value) ? value : 0 : DefaultPageSize;
        if (limit is < 1 or > MaxPageSize)
        {
            return SimulatedCognite.Refuse(400, $"limit: must be between 1 and {MaxPageSize}");
        }

        var filter = body.Member("filter") ?? WireValues.EmptyObject;
        if (Filter.FindError(filter) is { } error)
        {
            return SimulatedCognite.Refuse(400, error);
        }

        var filterHash = Dice.SeedOf(filter.GetRawText()).ToString(CultureInfo.InvariantCulture);
        if (!TryReadCursor(body.Member("cursor"), filterHash, out var from))
        {
            return SimulatedCognite.Refuse(400, "The cursor is invalid, or its request differs from the one before");
        }

        var (items, next) = Page(world, Filter.Read(filter), limit, from);
        var written = items.Select(item => write(item.Run, item.State)).ToArray();
        return SimulatedResponse.Json(next is null ? new { items = written } : new { items = written, nextCursor = Cursor(filterHash, next.Value) });
    }

    private static (List<(SimulatedRun Run, RunState State)> Items, int? Next) Page(SimulatedPlatforms world, Filter filter, int limit, int from)
    {
        var now = world.Time.GetUtcNow();
        var ahead = world.Faults.SkewOf("cognite");
        var shift = from > 0 ? world.Faults.PageShift("cognite", "list") : 0;
        var index = Math.Max(0, from + shift);
        var items = new List<(SimulatedRun, RunState)>();
        foreach (var run in world.Runs.Of("cognite", index))
        {
            // There is another page only if a further run exists.
            if (items.Count == limit)
            {
                return (items, index);
            }

            index++;
            if (filter.Matches(run, now, ahead) && world.VisibleState(run, "list") is { } state)
            {
                items.Add((run, state));
            }
        }

        return (items, null);
    }

    private static bool TryReadCursor(JsonElement? cursor, string filterHash, out int from)
    {
        from = 0;
        if (cursor is null)
        {
            return true;
        }

        var bytes = new byte[256];
        return cursor is { ValueKind: JsonValueKind.String } text && Convert.TryFromBase64String(text.GetString()!, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split('/') is [var hash, var index] && hash == filterHash
            && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out from);
    }

    private static string Cursor(string filterHash, int index) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{filterHash}/{index}"));

    private sealed record Filter(
        IReadOnlySet<string>? Statuses, IReadOnlyList<(string Workflow, string? Version)>? Workflows, DateTimeOffset From, DateTimeOffset Until)
    {
        public static Filter Read(JsonElement filter) => new(
            filter.Member("status")?.EnumerateArray().Select(item => item.ToString()).ToHashSet(StringComparer.Ordinal),
            filter.Member("workflowFilters")?.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
                .Select(item => (item.Member("externalId")?.ToString() ?? "", item.Member("version")?.ToString())).ToList(),
            Time(filter, "createdTimeStart") ?? DateTimeOffset.MinValue,
            Time(filter, "createdTimeEnd") ?? DateTimeOffset.MaxValue);

        /// <summary>Returns an error message, or null. Without this check an unknown status would silently match nothing.</summary>
        public static string? FindError(JsonElement filter)
        {
            if (filter.ValueKind != JsonValueKind.Object)
            {
                return "filter: must be an object";
            }

            if (filter.Member("status") is { } status
                && (status.ValueKind != JsonValueKind.Array || !status.EnumerateArray().All(word => ExecutionBody.Statuses.Contains(word.ToString()))))
            {
                return $"filter.status: must be an array of {string.Join(", ", ExecutionBody.Statuses)}";
            }

            return filter.Member("workflowFilters") is { ValueKind: not JsonValueKind.Array } ? "filter.workflowFilters: must be an array" : null;
        }

        public bool Matches(SimulatedRun run, DateTimeOffset now, TimeSpan ahead) =>
            run.AcceptedAt + ahead >= From && run.AcceptedAt + ahead <= Until
            && (Workflows is null || Workflows.Any(filter => filter.Workflow == run.Target.Id && (filter.Version is null || filter.Version == run.Target.Version)))
            && (Statuses is null || Statuses.Contains(ExecutionBody.StatusOf(run.PhaseAt(now))));

        private static DateTimeOffset? Time(JsonElement filter, string name) =>
            filter.Member(name) is { ValueKind: JsonValueKind.Number } time && time.TryGetInt64(out var milliseconds)
                ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()))
                : null;
    }
}
