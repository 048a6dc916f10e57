namespace Vigil.Platforms.Agentic;

/// <summary>Reads a flow execution's status. Executions and steps use different status words: a step that succeeded is <c>Complete</c>.</summary>
internal static class FlowStatus
{
    private static readonly StatusWords<ExecutionStatus> Words = new(
        unknown: ExecutionStatus.Running,
        ("Running", ExecutionStatus.Running),
        ("Completed", ExecutionStatus.Succeeded),
        ("Failed", ExecutionStatus.Failed),
        ("Cancelled", ExecutionStatus.Cancelled),
        ("Killed", ExecutionStatus.Terminated));

    private static readonly StatusWords<StepStatus> StepWords = new(
        unknown: StepStatus.Running,
        ("Running", StepStatus.Running),
        ("Complete", StepStatus.Succeeded),
        ("Completed", StepStatus.Succeeded),
        ("Failed", StepStatus.Failed),
        ("Cancelled", StepStatus.Cancelled));

    /// <summary>Gets how an answer without files is read.</summary>
    public static RunFormat Short { get; } = new(Words, IdOf, (body, word) => Read(body, word, withFiles: false)) { StatusKey = "result" };

    /// <summary>Gets how an answer with files is read.</summary>
    public static RunFormat Detailed { get; } = new(Words, IdOf, (body, word) => Read(body, word, withFiles: true)) { StatusKey = "result" };

    private static string? IdOf(JsonView body) => body["id"].Text();

    private static Snapshot Read(JsonView body, StatusWord word, bool withFiles)
    {
        var status = word.Value;
        var steps = StepsOf(body["steps"], withFiles ? FlowFiles.Of(body["steps"]) : FlowFiles.None);
        return new Snapshot
        {
            Status = status,
            RawStatus = word.Text,
            UnknownStatus = word.IsUnknown,
            ClockAhead = body.ClockAhead,
            Progress = ProgressOf(steps),
            Steps = steps,
            Failure = FailureOf(body, status is ExecutionStatus.Failed, status.IsTerminal() && status != ExecutionStatus.Succeeded),
            Usage = body["token_usage"].Number() is { } tokens and >= 0 ? new ExecutionUsage(tokens, CostCents: null) : null,
            StartedAt = body["start_time"].Time(),
            EndedAt = status.IsTerminal() ? body["end_time"].Time() : null,

            // Files are fetched once, at the end: their logs would be most of every answer.
            Partial = !withFiles && status.IsTerminal(),
        };
    }

    private static ImmutableArray<StepSnapshot> StepsOf(JsonView steps, ILookup<string, ExecutionFile> files) =>
    [
        .. steps.Items().Select(step => (Step: step, Id: step["id"].Text())).Where(pair => pair.Id is not null).DistinctBy(pair => pair.Id).Take(Snapshot.MaxSteps)
            .Select(pair => StepOf(pair.Step, pair.Id!, files)),
    ];

    private static StepSnapshot StepOf(JsonView step, string id, ILookup<string, ExecutionFile> files)
    {
        var word = step["result"].Text();
        var status = word is null ? StepStatus.Pending : StepWords.Read(word);
        return new StepSnapshot
        {
            Id = id,
            Name = id,
            Kind = step["entity_type"].Text(),
            Status = status,
            RawStatus = word,
            Failure = FailureOf(step, status == StepStatus.Failed, status.IsTerminal() && status != StepStatus.Succeeded),
            Files = [.. files[id]],
        };
    }

    private static ExecutionFailure? FailureOf(JsonView place, bool hasFailed, bool canHaveReason)
    {
        var reason = place["failure_reason"].TextOrRaw(RunFormat.MaxReason);
        var detail = place["failure_detail"].TextOrRaw(RunFormat.MaxReason);
        return canHaveReason && (reason ?? detail) is { } first ? new(first, reason is null ? null : detail)
            : hasFailed ? new("no_reason_given")
            : null;
    }

    // The platform creates steps as it runs them, so there is neither a total before the end nor a percentage.
    private static ExecutionProgress? ProgressOf(ImmutableArray<StepSnapshot> steps)
    {
        var current = steps.LastOrDefault(step => step.Status == StepStatus.Running) ?? steps.LastOrDefault();
        return current is null ? null : new(steps.IndexOf(current) + 1, Total: null, Percentage: null, current.Kind);
    }
}
