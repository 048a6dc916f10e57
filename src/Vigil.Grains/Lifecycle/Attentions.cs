namespace Vigil.Grains.Lifecycle;

/// <summary>Shows on the execution that it cannot be followed: one write when that begins, one when it ends, and one when the reason changes.</summary>
internal static class Attentions
{
    /// <summary>Shows why polls cannot be used. A report without a reason changes nothing: only a usable answer shows that all is well.</summary>
    public static Transition Note(ExecutionState before, ExecutionState next, ExecutionAttention? attention, LifecycleContext context) =>
        attention is null || attention.Reason == before.Attention?.Reason
            ? Transition.Keep(next)
            : Observing.StoreInTime(before, next with { Attention = attention }, context);

    /// <summary>
    /// Returns the attention after a usable answer. One with the same reason is kept as it is, and a refused cancellation is shown until the end: no answer
    /// about the run changes it.
    /// </summary>
    public static ExecutionAttention? After(ExecutionState state, ExecutionAttention? attention) =>
        attention?.Reason == state.Attention?.Reason || (attention is null && state.Attention?.Reason == AttentionReasons.CancelRefused) ? state.Attention : attention;

    /// <summary>Shows that a start does not come about, from the third time on.</summary>
    public static ExecutionState OfStart(ExecutionState state, string reason, LifecycleContext context) => state.Attention?.Reason == reason
        ? state
        : state with { Attention = Of(reason, state.Submission.FirstClaimedAt ?? context.Now, state.Submission.LastError) };

    public static ExecutionAttention Of(string reason, DateTimeOffset since, string? lastError) =>
        new(reason, since, lastError is null ? null : Truncation.CutText(lastError, LifecycleLimits.ReasonLength));

    /// <summary>Returns what a conclusion that has no other cause says about it.</summary>
    public static string? Cause(ExecutionState state) => state.Attention is { } attention
        ? string.Create(CultureInfo.InvariantCulture, $"Since {attention.Since:u} it could not be followed ({attention.Reason}): {attention.LastError ?? "no error was recorded."}")
        : null;
}
