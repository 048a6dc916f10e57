namespace Vigil.Kill;

/// <summary>The database of one trial's silos, and the faults that can be injected into it.</summary>
internal interface ITrialStore : IAsyncDisposable
{
    /// <summary>Gets a message that names the faults that cannot be injected on this machine, and why; null if all can.</summary>
    string? SkippedFaults { get; }

    /// <summary>Gets the faults by name; each is injected for a given time.</summary>
    IReadOnlyList<(string Name, Func<TimeSpan, Task> InjectAsync)> Faults { get; }

    /// <summary>Returns the environment variables of one silo.</summary>
    IEnumerable<KeyValuePair<string, string>> EnvironmentOf(int silo);
}
