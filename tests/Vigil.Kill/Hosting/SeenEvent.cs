using System.Security.Cryptography;

namespace Vigil.Kill;

/// <summary>One event, as the store or the subscriber has it.</summary>
/// <param name="EventId">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="ExecutionId">The execution.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Version">The version.</param>
/// <param name="Status">The status in it.</param>
/// <param name="RemoteId">The run in it.</param>
/// <param name="BodyHash">The hash of the whole event.</param>
internal sealed record SeenEvent(
    string EventId, string Type, string ExecutionId, int Attempt, long Version, ExecutionStatus Status, string? RemoteId, string BodyHash)
{
    /// <summary>Gets when it was stored, by the clock of the silo.</summary>
    public DateTimeOffset At { get; init; }

    public static SeenEvent Of(ExecutionEvent executionEvent) => new(
        executionEvent.Id,
        executionEvent.Type,
        executionEvent.Execution.Id,
        executionEvent.Execution.Attempt,
        executionEvent.Version,
        executionEvent.Execution.Status,
        executionEvent.Execution.RemoteId,
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(executionEvent, VigilJson.Default.ExecutionEvent))))
    {
        At = executionEvent.At,
    };
}

/// <summary>One event at the subscriber.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="Event">The event.</param>
internal sealed record DeliveredEvent(DateTimeOffset At, SeenEvent Event);
