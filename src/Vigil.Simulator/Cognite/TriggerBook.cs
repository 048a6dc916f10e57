namespace Vigil.Simulator.Cognite;

/// <summary>The triggers of a project, and the runs that they started. A trigger fires when it is told to; its rule is kept, but not acted on.</summary>
internal sealed class TriggerBook(SimulatedPlatforms world)
{
    private const int MaxPageSize = 1_000;
    private const int DefaultPageSize = 100;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Trigger> _triggers = new(StringComparer.Ordinal);

    public SimulatedResponse List()
    {
        lock (_lock)
        {
            return SimulatedResponse.Json(new { items = _triggers.Values.Select(trigger => trigger.Body).ToArray() });
        }
    }

    /// <summary>Adds a trigger, or changes one.</summary>
    public SimulatedResponse Upsert(JsonElement? body)
    {
        if (body is not { } json || json.Text("externalId") is not { Length: > 0 and <= 255 } id
            || json.Text("workflowExternalId") is not { Length: > 0 } workflow || json.Text("workflowVersion") is not { Length: > 0 } version)
        {
            return SimulatedCognite.Refuse(400, "externalId, workflowExternalId and workflowVersion: must not be blank");
        }

        lock (_lock)
        {
            var fires = _triggers.GetValueOrDefault(id)?.Fires ?? [];
            var trigger = new Trigger(
                id, workflow, version, json.Member("input")?.GetRawText(), json.Member("metadata")?.GetRawText(), fires, new
                {
                    externalId = id,
                    workflowExternalId = workflow,
                    workflowVersion = version,
                    triggerRule = json.Member("triggerRule"),
                    input = json.Member("input"),
                    metadata = json.Member("metadata"),
                    isPaused = false,
                });
            _triggers[id] = trigger;
            return SimulatedResponse.Json(trigger.Body);
        }
    }

    public SimulatedResponse Delete(JsonElement? body)
    {
        lock (_lock)
        {
            foreach (var id in (body?.Member("items")?.EnumerateArray() ?? []).Select(item => item.Text("externalId") ?? ""))
            {
                _triggers.Remove(id);
            }

            return SimulatedResponse.Json(new { });
        }
    }

    /// <summary>Starts the trigger's workflow, and returns the run; null if the workflow refuses its start, which the history keeps.</summary>
    /// <exception cref="KeyNotFoundException">There is no such trigger.</exception>
    public SimulatedRun? Fire(string id)
    {
        lock (_lock)
        {
            var trigger = _triggers[id];
            var refusal = world.RefusalOf("cognite", trigger.Workflow);
            var run = refusal is null
                ? world.Start("cognite", new StartedTarget("workflow", trigger.Workflow, trigger.Version, trigger.Input, Extra: trigger.Metadata))
                : null;
            trigger.Fires.Add(new(world.NowAt("cognite"), run?.Id, refusal?.Message));
            return run;
        }
    }

    /// <summary>Returns a page of a trigger's history, the newest first.</summary>
    public SimulatedResponse History(string id, SimulatedRequest request)
    {
        lock (_lock)
        {
            if (!_triggers.TryGetValue(id, out var trigger))
            {
                return SimulatedCognite.Refuse(404, $"Trigger not found: {id}");
            }

            var limit = request.Query("limit") is { } text ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0 : DefaultPageSize;
            var from = 0;
            if (limit is < 1 or > MaxPageSize || (request.Query("cursor") is { } cursor && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out from)))
            {
                return SimulatedCognite.Refuse(400, $"limit: must be between 1 and {MaxPageSize}; cursor: must be one of this history");
            }

            // Counted from the oldest, so that a page stays the same while the trigger goes on firing.
            var end = request.Query("cursor") is null ? trigger.Fires.Count : Math.Min(from, trigger.Fires.Count);
            var start = Math.Max(0, end - limit);
            var items = trigger.Fires.GetRange(start, end - start).Select(fire => fire.Of(trigger)).Reverse().ToArray();
            return SimulatedResponse.Json(start == 0 ? new { items } : new { items, nextCursor = start.ToString(CultureInfo.InvariantCulture) });
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _triggers.Clear();
        }
    }

    private sealed record Trigger(string Id, string Workflow, string Version, string? Input, string? Metadata, List<FireRecord> Fires, object Body);

    private sealed record FireRecord(DateTimeOffset At, string? RunId, string? Reason)
    {
        public object Of(Trigger trigger) => new
        {
            fireTime = At.ToUnixTimeMilliseconds(),
            externalId = trigger.Id,
            workflowExternalId = trigger.Workflow,
            workflowVersion = trigger.Version,
            status = RunId is null ? "failed" : "success",
            workflowExecutionId = RunId,
            reasonForFailure = Reason,
        };
    }
}
