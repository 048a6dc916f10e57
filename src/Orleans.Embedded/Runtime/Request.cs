namespace Orleans.Runtime;

/// <summary>Something that an activation does when its turn comes: a call, or a timer's tick.</summary>
internal abstract class Request
{
    /// <summary>Gets a value indicating whether it may run while others wait for something.</summary>
    public abstract bool Interleaves { get; }

    /// <summary>Gets a value indicating whether the activation counts as used by it.</summary>
    public abstract bool KeepsAlive { get; }

    /// <summary>Gets a value indicating whether it belongs to this activation and dies with it.</summary>
    public abstract bool IsLocal { get; }

    /// <summary>Does it. Failures are told to whoever asked, never thrown.</summary>
    public abstract Task RunAsync(Activation activation);
}
