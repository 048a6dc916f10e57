namespace Vigil.Grains.Lifecycle;

/// <summary>What the rules must know beside the state.</summary>
/// <param name="Now">The time.</param>
/// <param name="Capabilities">What the platform lets a watcher do.</param>
/// <param name="AmbiguousStart">The connection's policy for a start whose fate is unknown.</param>
internal sealed record LifecycleContext(DateTimeOffset Now, PlatformCapabilities Capabilities, AmbiguousStart AmbiguousStart)
{
    /// <summary>Gets how long one request may take. Default: that of <see cref="ConnectionOptions.RequestTimeout"/>.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets a value indicating whether this silo's poller is sending the start or retry, or holds an answer to it that could not be stored yet: then nothing may
    /// be concluded from the silence.
    /// </summary>
    public bool StartIsHeld { get; init; }
}
