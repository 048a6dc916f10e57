namespace Vigil.Kill;

/// <summary>The database of the silos of one trial, and what can be done to it.</summary>
internal interface ITrialStore : IAsyncDisposable
{
    /// <summary>Gets what cannot be tried here, and why; null where all can.</summary>
    string? LeftOut { get; }

    /// <summary>Gets what can be done to it for a while, by name.</summary>
    IReadOnlyList<(string Name, Func<TimeSpan, Task> HurtAsync)> Troubles { get; }

    /// <summary>Returns the environment of one silo.</summary>
    IEnumerable<KeyValuePair<string, string>> EnvironmentOf(int silo);
}
