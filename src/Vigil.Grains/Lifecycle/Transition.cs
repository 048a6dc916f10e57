namespace Vigil.Grains.Lifecycle;

/// <summary>The outcome of <see cref="ExecutionLifecycle.Apply"/>.</summary>
/// <param name="State">
/// The next state, which replaces the last one in memory always. Without a <see cref="LifecycleEffect.Persist"/> it has the same version and
/// differs only in what a crash may forget: fresh progress, counters, acknowledgements. The next write stores them with the rest.
/// </param>
/// <param name="Effects">What must be carried out, in order.</param>
internal sealed record Transition(ExecutionState State, ImmutableArray<LifecycleEffect> Effects)
{
    /// <summary>The input has no effect.</summary>
    public static Transition None(ExecutionState state) => new(state, []);

    /// <summary>Nothing is written: what changed, a crash may forget.</summary>
    public static Transition Keep(ExecutionState state, params ReadOnlySpan<LifecycleEffect> effects)
    {
        var (told, reports) = Reporting.Next(state);
        return new(told, [.. effects, .. reports]);
    }

    /// <summary>
    /// One durable write, which alone raises the version, and what may happen after it. Fresh progress goes with it, so that such a write
    /// tells at least that.
    /// </summary>
    public static Transition Store(
        ExecutionState state, LifecycleContext context, LifecycleEffect.Persist write, params ReadOnlySpan<LifecycleEffect> effects)
    {
        var eventType = write.EventType ?? (state.Unsaved ? ExecutionEventTypes.Updated : null);
        var (stored, reports) = Reporting.Next(state with { Version = state.Version + 1, StoredAt = context.Now, Unsaved = false });
        return new(stored, [write with { EventType = eventType }, .. effects, .. reports]);
    }

    /// <summary>One durable write that tells of <paramref name="eventType"/>.</summary>
    public static Transition Store(
        ExecutionState state, LifecycleContext context, string eventType, params ReadOnlySpan<LifecycleEffect> effects) =>
        Store(state, context, new LifecycleEffect.Persist(eventType), effects);

    /// <summary>One durable write that by itself tells nobody.</summary>
    public static Transition StoreQuietly(ExecutionState state, LifecycleContext context, params ReadOnlySpan<LifecycleEffect> effects) =>
        Store(state, context, new LifecycleEffect.Persist(null), effects);
}
