using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>A run in the platforms' own ledger: the truth.</summary>
/// <param name="Key">The key of the order that it belongs to; the target's name if no order has it.</param>
/// <param name="Platform">The platform.</param>
/// <param name="RemoteId">The platform's id.</param>
/// <param name="Attempt">The number of its attempt.</param>
/// <param name="AcceptedAt">When its start was accepted.</param>
/// <param name="Script">The script of its attempt.</param>
/// <param name="State">Its actual state.</param>
internal sealed record RealRun(string Key, string Platform, string RemoteId, int Attempt, DateTimeOffset AcceptedAt, RunScript Script, RunState State)
{
    public bool Ended => State.HasEnded;

    public DateTimeOffset? EndedAt => State.EndedAt;

    /// <summary>Gets the status that Vigil must show.</summary>
    public ExecutionStatus Status => (Platform, State.Phase) switch
    {
        (_, RunPhase.Succeeded) => ExecutionStatus.Succeeded,
        ("moderately", RunPhase.Cancelled) => ExecutionStatus.Cancelled,
        ("moderately" or "gloriamundo", _) => ExecutionStatus.Failed,
        ("agentic", RunPhase.TimedOut) => ExecutionStatus.Failed,
        (_, RunPhase.Failed) => ExecutionStatus.Failed,
        (_, RunPhase.TimedOut) => ExecutionStatus.TimedOut,
        (_, RunPhase.Killed) => ExecutionStatus.Terminated,
        (_, RunPhase.Cancelled) => ExecutionStatus.Cancelled,
        _ => ExecutionStatus.Running,
    };

    /// <summary>Gets the platform's word for it, once it has ended.</summary>
    public string Word => (Platform, State.Phase) switch
    {
        ("agentic", RunPhase.Succeeded) => "Completed",
        ("agentic", RunPhase.Failed or RunPhase.TimedOut) => "Failed",
        ("agentic", RunPhase.Cancelled) => "Cancelled",
        ("agentic", _) => "Killed",
        ("cognite", RunPhase.Succeeded) => "COMPLETED",
        ("cognite", RunPhase.Failed) => "FAILED",
        ("cognite", RunPhase.TimedOut) => "TIMED_OUT",
        ("cognite", _) => "TERMINATED",
        (_, RunPhase.Succeeded) => "completed",
        ("moderately" or "manifest", RunPhase.Cancelled) => "cancelled",
        ("manifest", RunPhase.TimedOut) => "timed_out",
        ("manifest", RunPhase.Killed) => "terminated",
        _ => "failed",
    };

    /// <summary>Gets the output that the platform tells; null for none.</summary>
    public JsonElement? Output => State.Phase == RunPhase.Succeeded && Platform is ("moderately" or "manifest" or "gloriamundo") ? Script.Output : null;

    /// <summary>Gets the usage that the platform tells at the end.</summary>
    public ExecutionUsage? Usage => Platform switch
    {
        "agentic" => new(Math.Round(Script.Tokens * State.Share, 1), null),
        "manifest" => new(Script.Tokens, null),
        "gloriamundo" => new(null, Script.CostCents),
        _ => null,
    };
}
