using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A timer of one activation. Disposing it ends it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets when it ticks next, and how often then.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>When a grain timer ticks.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>Initializes a new instance of the <see cref="GrainTimerCreationOptions"/> struct.</summary>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period)
        : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Gets the time until the first tick.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Gets the time from the end of a tick to the next.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Gets a value indicating whether a tick may run while other requests wait for something.</summary>
    public bool Interleave { get; init; }

    /// <summary>Gets a value indicating whether a tick counts as use, so that the activation is not collected.</summary>
    public bool KeepAlive { get; init; }
}
