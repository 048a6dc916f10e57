namespace Vigil.Grains.Lifecycle;

/// <summary>The outcome of <see cref="ExecutionLifecycle.Apply"/>.</summary>
/// <param name="State">
/// The next state, which always replaces the previous one in memory. Without a <see cref="LifecycleEffect.Persist"/> it has the same version and
/// differs only in what a crash may lose: progress, counters, acknowledgements. The next write stores them as well.
/// </param>
/// <param name="Effects">The effects to execute, in order.</param>
internal sealed record Transition(ExecutionState State, ImmutableArray<LifecycleEffect> Effects)
{
    public static Transition None(ExecutionState state) => new(state, []);

    /// <summary>A change in memory only, which a crash may lose.</summary>
    public static Transition Keep(ExecutionState state, params ReadOnlySpan<LifecycleEffect> effects)
    {
        var (next, reports) = Reporting.TakeSendable(state);
        return new(next, [.. effects, .. reports]);
    }

    /// <summary>
    /// One durable write, which increments the version, and the effects that follow it. If it stores unsaved progress and has no event of its own, it
    /// gets an event for that.
    /// </summary>
    public static Transition Store(
        ExecutionState state, LifecycleContext context, LifecycleEffect.Persist write, params ReadOnlySpan<LifecycleEffect> effects)
    {
        var eventType = write.EventType ?? (state.Unsaved ? ExecutionEventTypes.Updated : null);
        var (stored, reports) = Reporting.TakeSendable(state with { Version = state.Version + 1, StoredAt = context.Now, Unsaved = false });
        return new(stored, [write with { EventType = eventType }, .. effects, .. reports]);
    }

    /// <summary>One durable write with an event of type <paramref name="eventType"/>.</summary>
    public static Transition Store(
        ExecutionState state, LifecycleContext context, string eventType, params ReadOnlySpan<LifecycleEffect> effects) =>
        Store(state, context, new LifecycleEffect.Persist(eventType), effects);

    /// <summary>One durable write without an event of its own.</summary>
    public static Transition StoreQuietly(ExecutionState state, LifecycleContext context, params ReadOnlySpan<LifecycleEffect> effects) =>
        Store(state, context, new LifecycleEffect.Persist(null), effects);
}
