using System.Collections.Immutable;
using Vigil.Platforms;

namespace Vigil.Grains.Lifecycle;

/// <summary>The rules of an execution's life, as one pure function. The grain only carries out what it says.</summary>
internal static class ExecutionLifecycle
{
    /// <summary>Returns the next state and the effects, in order. Commands that cannot be obeyed throw a <see cref="VigilException"/> and change nothing.</summary>
    public static Transition Apply(ExecutionState? state, LifecycleInput input, LifecycleContext context) =>
        throw new NotImplementedException();
}

/// <summary>What the rules must know beside the state.</summary>
/// <param name="Now">The time.</param>
/// <param name="Capabilities">What the platform lets a watcher do.</param>
/// <param name="AmbiguousStart">The connection's policy for a start whose fate is unknown.</param>
internal sealed record LifecycleContext(DateTimeOffset Now, PlatformCapabilities Capabilities, AmbiguousStart AmbiguousStart);

/// <summary>The outcome of <see cref="ExecutionLifecycle.Apply"/>.</summary>
/// <param name="State">The next state. Without a <see cref="LifecycleEffect.Persist"/> it may differ in fresh progress only, and has the same version.</param>
/// <param name="Effects">What must be carried out, in order.</param>
internal sealed record Transition(ExecutionState State, ImmutableArray<LifecycleEffect> Effects);
