namespace Vigil.Kill;

/// <summary>One way to hurt a trial. What it does, and from when to when, it says in the log of hurts.</summary>
internal interface IFault
{
    /// <summary>Gets its name.</summary>
    string Name { get; }

    /// <summary>Gets how many of it are in a pack of all faults.</summary>
    int Weight { get; }

    /// <summary>Gets a value indicating whether it fits into a trial of less than a minute.</summary>
    bool IsShort { get; }

    /// <summary>Returns why it cannot be done here; null if it can.</summary>
    string? WhyNot(TrialContext context);

    /// <summary>Does it, and returns when it has been undone.</summary>
    Task InjectAsync(TrialContext context);
}
