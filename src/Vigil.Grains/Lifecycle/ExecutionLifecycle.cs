using System.Collections.Immutable;
using Vigil.Platforms;

namespace Vigil.Grains.Lifecycle;

/// <summary>
/// The rules of an execution's life, as one pure function. The grain only carries out what it says. A state that is null takes a start or an
/// adoption; whoever asks anything else of an execution that does not exist is answered by the grain, which alone knows the id.
/// </summary>
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
internal sealed record LifecycleContext(DateTimeOffset Now, PlatformCapabilities Capabilities, AmbiguousStart AmbiguousStart)
{
    /// <summary>Gets how long one request may take. Default: that of <see cref="ConnectionOptions.RequestTimeout"/>.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>The outcome of <see cref="ExecutionLifecycle.Apply"/>.</summary>
/// <param name="State">
/// The next state, which replaces the last one in memory always. Without a <see cref="LifecycleEffect.Persist"/> it has the same version and
/// differs only in what a crash may forget: fresh progress, counters, acknowledgements. The next write stores them with the rest.
/// </param>
/// <param name="Effects">What must be carried out, in order.</param>
internal sealed record Transition(ExecutionState State, ImmutableArray<LifecycleEffect> Effects);
