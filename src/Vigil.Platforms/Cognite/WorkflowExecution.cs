namespace Vigil.Platforms.Cognite;

/// <summary>Reads a workflow execution: the short form in lists and responses to commands, and the detailed form.</summary>
internal static class WorkflowExecution
{
    private const int MaxDefinitionBytes = 64 * 1024;

    public static readonly StatusWords<ExecutionStatus> Words = new(
        unknown: ExecutionStatus.Running,
        ("RUNNING", ExecutionStatus.Running),
        ("COMPLETED", ExecutionStatus.Succeeded),
        ("FAILED", ExecutionStatus.Failed),
        ("CANCELLED", ExecutionStatus.Cancelled),
        ("TIMED_OUT", ExecutionStatus.TimedOut),
        ("TERMINATED", ExecutionStatus.Terminated));

    private static readonly RunDetails Definition = new(
        ("description", definition => definition["description"].Raw()), ("hash", definition => definition["hash"].Raw()));

    // A list has the first three.
    private static readonly RunDetails Details = new(
        ("created_at", body => RunDetails.Time(body["createdTime"].Time())),
        ("engine_execution_id", body => body["engineExecutionId"].Raw()),
        ("metadata", body => body["metadata"].Raw()),
        ("definition", body => Definition.Read(body["workflowDefinition"], MaxDefinitionBytes)),
        ("input", body => body["input"].Raw()));

    /// <summary>Gets the format of an execution without its tasks; the detail must still be fetched.</summary>
    public static RunFormat Short { get; } = new(Words, IdOf, (body, snapshot) => Read(body, snapshot) with { Partial = true }) { Details = Details };

    public static RunFormat Detailed { get; } = new(Words, IdOf, (body, snapshot) => WithTasks(Read(body, snapshot), WorkflowTasks.Read(body))) { Details = Details };

    private static string? IdOf(JsonView body) => body["id"].Id();

    private static Snapshot WithTasks(Snapshot snapshot, ImmutableArray<StepSnapshot> steps) => snapshot with
    {
        Steps = steps,
        Progress = WorkflowTasks.ProgressOf(steps),
        Failure = WorkflowTasks.FailureOf(snapshot.Failure, steps, snapshot.Status),
    };

    private static Snapshot Read(JsonView body, Snapshot snapshot)
    {
        var status = snapshot.Status;
        return snapshot with
        {
            Failure = FailureOf(body, status),
            StartedAt = body["startTime"].Time(),
            EndedAt = RunFormat.MayHaveEnded(snapshot) ? body["endTime"].Time() : null,
            Target = body["workflowExternalId"].PlainId() is { } id ? new ExecutionTarget("workflow", id, body["version"].PlainId()) : null,
        };
    }

    private static ExecutionFailure? FailureOf(JsonView body, ExecutionStatus status) =>
        status.IsTerminal() && status != ExecutionStatus.Succeeded && body["reasonForIncompletion"].Text(RunFormat.MaxReason) is { } reason
            ? new ExecutionFailure(reason)
            : null;
}
