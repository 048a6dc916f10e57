namespace Vigil.Platforms.Moderately;

/// <summary>Reads the platform's agent execution, in either spelling.</summary>
internal static class AgentExecution
{
    private const string Id = "agentExecutionId";
    private const string SnakeCaseId = "agent_execution_id";
    private const int MaxName = 80;
    private const int MaxThought = 64 * 1024;

    public static readonly StatusWords<ExecutionStatus> Words = new(
        unknown: ExecutionStatus.Running,
        ("pending", ExecutionStatus.Pending),
        ("running", ExecutionStatus.Running),
        ("paused", ExecutionStatus.AwaitingInput),
        ("completed", ExecutionStatus.Succeeded),
        ("failed", ExecutionStatus.Failed),
        ("cancelled", ExecutionStatus.Cancelled));

    /// <summary>Gets the words of the runs that have not ended.</summary>
    public static IReadOnlyList<string> ActiveWords { get; } = ["pending", "running", "paused"];

    public static RunFormat Format { get; } = new(Words, IdOf, Read)
    {
        Details = new(
            ("configuration_version_id", body => body.Either("agentConfigurationVersionId", "agent_configuration_version_id").Raw()),
            ("input_summary", body => body.Either("agentInputSummary", "agent_input_summary").Raw()),
            ("output_summary", body => body.Either("agentOutputSummary", "agent_output_summary").Raw()),
            ("max_actions", body => body.Either("maxActions", "max_actions").Raw()),
            ("planning_interval", body => body.Either("planningInterval", "planning_interval").Raw()),
            ("created_at", body => RunDetails.Time(body.Either("createdAt", "created_at").Time())),
            ("updated_at", body => RunDetails.Time(body.Either("updatedAt", "updated_at").Time())),
            ("paused_at", body => RunDetails.Time(body.Either("pausedAt", "paused_at").Time())),
            ("failed_at", body => RunDetails.Time(body.Either("failedAt", "failed_at").Time())),
            ("cancelled_at", body => RunDetails.Time(body.Either("cancelledAt", "cancelled_at").Time())),
            ("input", body => body.Either("agentInput", "agent_input").Raw()),
            ("input_schema", body => body.Either("agentInputSchema", "agent_input_schema").Raw()),
            ("output_schema", body => body.Either("agentOutputSchema", "agent_output_schema").Raw())),
    };

    /// <summary>Returns its id. The platform sends no key <c>id</c>, but its client's documentation does not name the key, so <c>id</c> is accepted too.</summary>
    public static string? IdOf(JsonView body) => body.Either(Id, SnakeCaseId).Id() ?? body["id"].Id();

    public static bool IsAbout(JsonView body, string remoteId) => body.Either(Id, SnakeCaseId) is { Exists: true } id ? id.IsId(remoteId) : body["id"].IsId(remoteId);

    private static Snapshot Read(JsonView body, Snapshot snapshot)
    {
        var status = snapshot.Status;
        var endedAt = EndOf(body, snapshot);
        var output = body.Either("agentOutput", "agent_output");
        var steps = StepsOf(body["thoughts"], status, status.IsTerminal() ? endedAt : null);
        return snapshot with
        {
            Progress = ProgressOf(body, steps),
            Steps = steps,

            // There is no field for the reason; the output's summary is the only available text.
            Failure = status == ExecutionStatus.Failed
                ? new("no_reason_given", body.Either("agentOutputSummary", "agent_output_summary").Text(RunFormat.MaxReason))
                : null,
            Output = output.Raw(),
            OutputTruncated = output.HasLoss,
            StartedAt = body.Either("startedAt", "started_at").Time(),
            EndedAt = endedAt,
            Target = TargetOf(body),
        };
    }

    public static DateTimeOffset? EndOf(JsonView body, Snapshot snapshot) => snapshot.Status switch
    {
        ExecutionStatus.Succeeded => body.Either("completedAt", "completed_at").Time(),
        ExecutionStatus.Failed => body.Either("failedAt", "failed_at").Time(),
        ExecutionStatus.Cancelled => body.Either("cancelledAt", "cancelled_at").Time(),
        _ when snapshot.UnknownStatus =>
            body.Either("completedAt", "completed_at").Time() ?? body.Either("failedAt", "failed_at").Time() ?? body.Either("cancelledAt", "cancelled_at").Time(),
        _ => null,
    };

    // maxActions is an upper limit, so it is not reported as the total.
    private static ExecutionProgress? ProgressOf(JsonView body, ImmutableArray<StepSnapshot> steps)
    {
        var current = body.Either("currentStep", "current_step").WholeNumber() is { } value and >= 0 ? value : (int?)null;
        return current is null && steps.IsEmpty ? null : new(current, Total: null, Percentage: null, steps.IsEmpty ? null : steps[^1].Name);
    }

    private static ExecutionTarget? TargetOf(JsonView body) =>
        (body.Either("agentConfigurationVersionId", "agent_configuration_version_id").PlainId() ?? body.Either("agentId", "agent_id").PlainId()) is { } id
            ? new("agent", id)
            : null;

    /// <summary>Derives the steps from the thoughts. A thought ends when the next begins; the last one ends with the run and has its status.</summary>
    private static ImmutableArray<StepSnapshot> StepsOf(JsonView thoughts, ExecutionStatus status, DateTimeOffset? endedAt)
    {
        var all = thoughts.Items().Take(Snapshot.MaxSteps).ToArray();
        var times = all.Select(thought => thought.Either("createdAt", "created_at").Time()).ToArray();
        return [.. all.Select((thought, index) => StepOf(thought, index, isLast: index == all.Length - 1))];

        StepSnapshot StepOf(JsonView thought, int index, bool isLast)
        {
            var number = (index + 1).ToString(CultureInfo.InvariantCulture);
            var text = thought["text"].Exact(MaxThought);
            return new StepSnapshot
            {
                Id = number,
                Name = NameOf(text) is { } name ? PlainText.Of(name) : number,
                Kind = "thought",
                Status = isLast ? StatusOfLast(status) : StepStatus.Succeeded,
                Output = text is null ? null : JsonSerializer.Serialize(text),
                StartedAt = times[index],
                EndedAt = isLast ? endedAt : times[index + 1],
            };
        }
    }

    private static string? NameOf(string? text)
    {
        var line = text?.Trim().Split('\n', 2)[0].TrimEnd();
        return line is not { Length: > 0 } ? null : line.Length <= MaxName ? line : string.Concat(line.AsSpan(0, MaxName - 1), "…");
    }

    private static StepStatus StatusOfLast(ExecutionStatus status) => status switch
    {
        ExecutionStatus.Succeeded => StepStatus.Succeeded,
        ExecutionStatus.Failed => StepStatus.Failed,
        ExecutionStatus.Cancelled => StepStatus.Cancelled,
        _ => StepStatus.Running,
    };
}
