namespace Vigil.Grains.Polling.OneOffs;

/// <summary>Something to ask the platform once for one execution, again and again until it is answered.</summary>
/// <param name="key">What it is; the same one-off request is never waiting twice.</param>
/// <param name="attemptAsync">Asks once.</param>
internal sealed class OneOffRequest(OneOffKey key, Func<OneOffRequest, Task<OneOffOutcome>> attemptAsync) : Scheduled
{
    public OneOffKey Key { get; } = key;

    /// <summary>Gets or sets the failures in a row.</summary>
    public int Failures { get; set; }

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
    LookUp,
}

/// <summary>How an attempt ended.</summary>
internal abstract record OneOffOutcome
{
    private OneOffOutcome()
    {
    }

    /// <summary>
    /// It is answered. <paramref name="Report"/> is what the grain is told, where there is somebody to tell;
    /// <paramref name="EvenIfForgotten"/>: told for an execution that was forgotten meanwhile too.
    /// </summary>
    public sealed record Done(LifecycleInput.Report? Report = null, bool EvenIfForgotten = false) : OneOffOutcome;

    /// <summary>Ask again after a while; <paramref name="Report"/> is what the grain hears meanwhile.</summary>
    public sealed record Again(TimeSpan After, LifecycleInput.Report? Report = null) : OneOffOutcome;
}
