namespace Vigil.Grains.Polling.Starts;

/// <summary>A start, or a retry, on its way: it waits for a slot, is claimed, sent and reported.</summary>
internal sealed class QueuedStart(string executionId) : Scheduled
{
    public string ExecutionId { get; } = executionId;

    /// <summary>Gets or sets a value indicating whether nobody wants it any more.</summary>
    public bool Forgotten { get; set; }

    /// <summary>Gets or sets when it was asked to be sent (again) while it was on its way.</summary>
    public TimeSpan? AgainAt { get; set; }
}
