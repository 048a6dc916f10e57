using System.Diagnostics.CodeAnalysis;

namespace Vigil.Platforms.Cognite;

/// <summary>Reads the platform's workflow execution: the short form of lists and commands, and the detailed form.</summary>
internal static class WorkflowExecution
{
    private const int MaxReason = 8_000;

    private static readonly StatusWords<ExecutionStatus> Words = new(
        unknown: ExecutionStatus.Running,
        ("RUNNING", ExecutionStatus.Running),
        ("COMPLETED", ExecutionStatus.Succeeded),
        ("FAILED", ExecutionStatus.Failed),
        ("TIMED_OUT", ExecutionStatus.TimedOut),
        ("TERMINATED", ExecutionStatus.Terminated));

    /// <summary>Reads an execution without its tasks: a fuller answer must still be fetched.</summary>
    public static bool TryReadShort(JsonView body, [NotNullWhen(true)] out Snapshot? snapshot)
    {
        var isRead = TryRead(body, out snapshot);
        snapshot = snapshot is null ? null : snapshot with { Partial = true };
        return isRead;
    }

    /// <summary>Reads an execution with its tasks.</summary>
    public static bool TryReadDetailed(JsonView body, [NotNullWhen(true)] out Snapshot? snapshot)
    {
        if (!TryRead(body, out snapshot))
        {
            return false;
        }

        var steps = WorkflowTasks.Read(body);
        snapshot = snapshot with
        {
            Steps = steps,
            Progress = WorkflowTasks.ProgressOf(steps),
            Failure = WorkflowTasks.FailureOf(snapshot.Failure, steps, snapshot.Status),
        };
        return true;
    }

    private static bool TryRead(JsonView body, [NotNullWhen(true)] out Snapshot? snapshot)
    {
        snapshot = null;
        if (body["status"].Text() is not { } word)
        {
            return false;
        }

        var status = Words.Read(word, out var isUnknown);
        snapshot = new Snapshot
        {
            Status = status,
            RawStatus = word,
            UnknownStatus = isUnknown,
            ClockAhead = body.ClockAhead,
            Failure = FailureOf(body, status),
            StartedAt = body["startTime"].EpochTime(),
            EndedAt = status.IsTerminal() ? body["endTime"].EpochTime() : null,
            Target = body["workflowExternalId"].Text() is { } id ? new ExecutionTarget("workflow", id, body["version"].Text()) : null,
        };
        return true;
    }

    private static ExecutionFailure? FailureOf(JsonView body, ExecutionStatus status) =>
        status.IsTerminal() && status != ExecutionStatus.Succeeded && body["reasonForIncompletion"].Text(MaxReason) is { } reason
            ? new ExecutionFailure(reason)
            : null;
}
