namespace Vigil.Platforms.Agentic;

/// <summary>Reads a flow execution's status. Executions and steps use different words: a step that succeeded is <c>Complete</c>.</summary>
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

    public static RunFormat Short { get; } = new(Words, IdOf, (body, snapshot) => Read(body, snapshot, withFiles: false)) { StatusKey = "result" };

    public static RunFormat Detailed { get; } = new(Words, IdOf, (body, snapshot) => Read(body, snapshot, withFiles: true)) { StatusKey = "result" };

    private static string? IdOf(JsonView body) => body["id"].Id();

    private static Snapshot Read(JsonView body, Snapshot snapshot, bool withFiles)
    {
        var status = snapshot.Status;
        var steps = StepsOf(body["steps"], withFiles ? FlowFiles.Of(body["steps"]) : FlowFiles.None);
        return snapshot with
        {
            Progress = ProgressOf(steps),
            Steps = steps,
            Failure = FailureOf(body, status is ExecutionStatus.Failed, status.IsTerminal() && status != ExecutionStatus.Succeeded),
            Usage = body["token_usage"].Amount() is { } tokens ? new ExecutionUsage(tokens, CostCents: null) : null,
            StartedAt = body["start_time"].Time(),
            EndedAt = RunFormat.MayHaveEnded(snapshot) ? body["end_time"].Time() : null,

            // Files are fetched only once, at the end, because their logs would make up most of every response.
            Partial = !withFiles && status.IsTerminal(),
        };
    }

    private static ImmutableArray<StepSnapshot> StepsOf(JsonView steps, ILookup<string, ExecutionFile> files) =>
    [
        .. steps.Items().Select(step => (Step: step, Id: step["id"].PlainId())).Where(pair => pair.Id is not null).DistinctBy(pair => pair.Id).Take(Snapshot.MaxSteps)
            .Select(pair => StepOf(pair.Step, pair.Id!, files)),
    ];

    private static StepSnapshot StepOf(JsonView step, string id, ILookup<string, ExecutionFile> files)
    {
        var word = step["result"].Exact();
        var status = word is null ? StepStatus.Pending : StepWords.Read(word);
        return new StepSnapshot
        {
            Id = id,
            Name = id,
            Kind = step["entity_type"].Text(),
            Status = status,
            RawStatus = step["result"].Text(),
            Failure = FailureOf(step, status == StepStatus.Failed, status.IsTerminal() && status != StepStatus.Succeeded),
            Files = [.. files[id]],
        };
    }

    private static ExecutionFailure? FailureOf(JsonView source, bool hasFailed, bool canHaveReason)
    {
        var reason = source["failure_reason"].TextOrRaw(RunFormat.MaxReason);
        var detail = source["failure_detail"].TextOrRaw(RunFormat.MaxReason);
        return canHaveReason && (reason ?? detail) is { } first ? new(first, reason is null ? null : detail)
            : hasFailed ? new("no_reason_given")
            : null;
    }

    // The platform creates steps as it runs them, so neither a total nor a percentage is known.
    private static ExecutionProgress? ProgressOf(ImmutableArray<StepSnapshot> steps)
    {
        var current = steps.LastOrDefault(step => step.Status == StepStatus.Running) ?? steps.LastOrDefault();
        return current is null ? null : new(steps.IndexOf(current) + 1, Total: null, Percentage: null, current.Kind);
    }
}
