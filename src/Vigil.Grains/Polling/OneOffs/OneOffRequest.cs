namespace Vigil.Grains.Polling.OneOffs;

/// <summary>A request to the platform for one execution, repeated until it is answered.</summary>
/// <param name="key">Identifies the request; only one with the same key is queued at a time.</param>
/// <param name="attemptAsync">Makes one attempt.</param>
internal sealed class OneOffRequest(OneOffKey key, Func<OneOffRequest, Task<OneOffOutcome>> attemptAsync) : Scheduled
{
    public OneOffKey Key { get; } = key;

    /// <summary>Gets or sets the number of consecutive failures.</summary>
    public int Failures { get; set; }

    /// <summary>Gets the answer that callers wait for; null if the answer is reported to an execution.</summary>
    public Task? Answer { get; init; }

    public Task<OneOffOutcome> AttemptAsync() => attemptAsync(this);
}

internal readonly record struct OneOffKey(string ExecutionId, OneOffKind Kind);

internal enum OneOffKind
{
    PollAlone,
    Cancel,
    Detail,
    Marker,
    Look,
    List,
    AbsenceCheck,
    Runs,
}

/// <summary>How an attempt ended.</summary>
internal abstract record OneOffOutcome
{
    private OneOffOutcome()
    {
    }

    /// <summary>
    /// It is answered. <paramref name="Report"/> is sent to the grain, unless the execution was forgotten meanwhile and
    /// <paramref name="EvenIfForgotten"/> is false.
    /// </summary>
    public sealed record Done(LifecycleInput.Report? Report = null, bool EvenIfForgotten = false) : OneOffOutcome;

    /// <summary>Repeat the request after a delay; <paramref name="Report"/> is sent to the grain meanwhile.</summary>
    public sealed record Again(TimeSpan After, LifecycleInput.Report? Report = null) : OneOffOutcome;
}
