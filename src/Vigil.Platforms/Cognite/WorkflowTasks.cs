namespace Vigil.Platforms.Cognite;

/// <summary>Reads the tasks of a detailed execution: their graph from the definition, and their state from the executed tasks.</summary>
internal static class WorkflowTasks
{
    private const int MaxDetailsBytes = 64 * 1024;

    private static readonly StatusWords<StepStatus> Words = new(
        unknown: StepStatus.Running,
        ("SCHEDULED", StepStatus.Pending),
        ("IN_PROGRESS", StepStatus.Running),
        ("COMPLETED", StepStatus.Succeeded),
        ("COMPLETED_WITH_ERRORS", StepStatus.SucceededWithErrors),
        ("FAILED", StepStatus.Failed),
        ("FAILED_WITH_TERMINAL_ERROR", StepStatus.Failed),
        ("TIMED_OUT", StepStatus.TimedOut),
        ("SKIPPED", StepStatus.Skipped),
        ("CANCELLED", StepStatus.Cancelled));

    private static readonly RunDetails Definition = new(
        ("description", task => task["description"].Raw()),
        ("retries", task => task["retries"].Raw()),
        ("timeout_seconds", task => task["timeout"].Raw()),
        ("on_failure", task => task["onFailure"].Raw()));

    /// <summary>Returns the defined tasks in their order, then those that were added at run time.</summary>
    public static ImmutableArray<StepSnapshot> Read(JsonView execution)
    {
        var steps = new OrderedDictionary<string, StepSnapshot>(StringComparer.Ordinal);
        foreach (var task in execution["workflowDefinition"]["tasks"].Items().Take(Snapshot.MaxSteps))
        {
            if (task["externalId"].PlainId() is { } id)
            {
                steps.TryAdd(id, Defined(id, task));
            }
        }

        foreach (var task in execution["executedTasks"].Items().Take(Snapshot.MaxSteps))
        {
            if (IdOf(task, steps) is not { } id)
            {
                continue;
            }

            var known = steps.GetValueOrDefault(id);
            var executed = Executed(id, task, known);

            // A retried task is listed once per attempt; the last one counts.
            if (known?.RawStatus is null || !(executed.StartedAt < known.StartedAt))
            {
                steps[id] = executed;
            }
        }

        return [.. steps.Values];
    }

    /// <summary>Returns the progress by the number of ended tasks; null if there are no tasks.</summary>
    public static ExecutionProgress? ProgressOf(ImmutableArray<StepSnapshot> steps)
    {
        if (steps.IsEmpty)
        {
            return null;
        }

        var ended = steps.Count(step => step.Status.IsTerminal());
        var running = steps.FirstOrDefault(step => step.Status == StepStatus.Running);
        return new(Math.Min(ended + 1, steps.Length), steps.Length, Math.Round(100.0 * ended / steps.Length, 1), running?.Name);
    }

    /// <summary>Returns the failure, with the execution's own reason and the failed task as the detail.</summary>
    public static ExecutionFailure? FailureOf(ExecutionFailure? reported, ImmutableArray<StepSnapshot> steps, ExecutionStatus status)
    {
        if (status is not (ExecutionStatus.Failed or ExecutionStatus.TimedOut))
        {
            return reported;
        }

        var failed = steps.FirstOrDefault(step => step.Status is StepStatus.Failed or StepStatus.TimedOut);
        var detail = failed is null ? null : $"Task {failed.Name}: {failed.Failure?.Reason ?? failed.RawStatus}";
        return new(reported?.Reason ?? "no_reason_given", detail);
    }

    // The ids of tasks in a subworkflow or a dynamic task are unique only within their parent, and the definition does not list them.
    private static string? IdOf(JsonView task, OrderedDictionary<string, StepSnapshot> known)
    {
        var id = task["externalId"].PlainId();
        return id is not null && !known.ContainsKey(id) && task["parentTaskExternalId"].PlainId() is { } parent ? $"{parent}/{id}" : id;
    }

    private static StepSnapshot Defined(string id, JsonView task) => new()
    {
        Id = id,
        Name = task["name"].Text() ?? id,
        Kind = task["type"].Text(),
        Status = StepStatus.Pending,
        Input = task["parameters"].Raw(),
        Details = Definition.Read(task, MaxDetailsBytes),
        DependsOn = [.. task["dependsOn"].Items().Select(on => on["externalId"].PlainId()).OfType<string>().Take(Snapshot.MaxSteps)],
    };

    private static string? WithTaskId(string? details, string? id) => id is null ? details
        : $$"""{"task_id":{{JsonSerializer.Serialize(id)}}{{(details is null ? "}" : $",{details[1..]}")}}""";

    private static StepSnapshot Executed(string id, JsonView task, StepSnapshot? known)
    {
        var word = task["status"].Exact();
        var status = word is null ? StepStatus.Running : Words.Read(word);
        return new StepSnapshot
        {
            Id = id,
            Name = known?.Name ?? task["externalId"].PlainId() ?? id,
            Kind = task["taskType"].Text() ?? known?.Kind,
            Status = status,
            RawStatus = task["status"].Text(),
            Failure = status != StepStatus.Succeeded && task["reasonForIncompletion"].Text(RunFormat.MaxReason) is { } reason ? new ExecutionFailure(reason) : null,
            Input = task["input"].Raw() ?? known?.Input,
            Output = task["output"].Raw(),
            DependsOn = known?.DependsOn ?? [],
            ParentId = task["parentTaskExternalId"].PlainId(),
            Details = WithTaskId(known?.Details, task["id"].PlainId()),
            StartedAt = task["startTime"].Time(),
            EndedAt = status.IsTerminal() ? task["endTime"].Time() : null,
        };
    }
}
