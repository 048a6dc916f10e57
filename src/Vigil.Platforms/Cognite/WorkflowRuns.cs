namespace Vigil.Platforms.Cognite;

/// <summary>The platform's own lists of executions: its list with filters, and the history of a trigger.</summary>
internal static class WorkflowRuns
{
    public static ImmutableArray<FieldError> Check(RunFilter filter)
    {
        var errors = new List<FieldError>();
        errors.CheckStatuses(WorkflowExecution.Words, filter.Statuses);
        errors.AddIf(filter.Version is not null && filter.Targets.IsEmpty, RunListFilters.Version, () => "needs target: a version belongs to a workflow.");
        errors.AddIf(filter.Trigger is { } id && !RemotePath.IsValidId(id), RunListFilters.Trigger, () => "must be the external id of a trigger.");
        errors.AddIf(
            filter is not { Trigger: null } and not { Statuses.IsEmpty: true, Targets.IsEmpty: true, CreatedAfter: null, CreatedBefore: null },
            RunListFilters.Trigger,
            () => "cannot be combined with other filters.");
        return [.. errors];
    }

    /// <summary>Writes the members of the list's filter.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="ahead">How far the platform's clock is ahead of ours.</param>
    public static void WriteFilter(Utf8JsonWriter writer, RunFilter filter, TimeSpan ahead)
    {
        WriteArray("status", WorkflowExecution.Words.WordsOf(filter.Statuses), writer.WriteStringValue);
        WriteArray("workflowFilters", filter.Targets, id =>
        {
            writer.WriteStartObject();
            writer.WriteString("externalId", id);
            if (filter.Version is not null)
            {
                writer.WriteString("version", filter.Version);
            }

            writer.WriteEndObject();
        });
        WriteTime("createdTimeStart", filter.CreatedAfter);
        WriteTime("createdTimeEnd", filter.CreatedBefore);

        void WriteArray(string name, IReadOnlyList<string> values, Action<string> write)
        {
            if (values.Count > 0)
            {
                writer.WriteStartArray(name);
                foreach (var value in values)
                {
                    write(value);
                }

                writer.WriteEndArray();
            }
        }

        void WriteTime(string name, DateTimeOffset? time)
        {
            if (time is { } value)
            {
                writer.WriteNumber(name, Math.Max(0, value.ToUnixTimeMilliseconds() + (long)ahead.TotalMilliseconds));
            }
        }
    }

    public static ImmutableArray<ListedRun> ReadList(IEnumerable<JsonView> items) => WorkflowExecution.Short.ReadListed(
        items, item => item["createdTime"].Time(), item => item["metadata"][RunInput.Marker].Exact());

    /// <summary>Reads the history of a trigger. It tells when the trigger fired and what it started, but not how that stands; what started nothing is skipped.</summary>
    public static ImmutableArray<ListedRun> ReadHistory(IEnumerable<JsonView> items) =>
    [
        .. from item in items
           let id = item["workflowExecutionId"].Id()
           where id is not null
           let target = item["workflowExternalId"].PlainId() is { } workflow ? new ExecutionTarget("workflow", workflow, item["workflowVersion"].PlainId()) : null
           select new ListedRun(id, null, target, item["fireTime"].Time()),
    ];
}
