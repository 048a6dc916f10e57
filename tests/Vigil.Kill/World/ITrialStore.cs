namespace Vigil.Kill;

/// <summary>The database of one trial's silos, and what can be done to it.</summary>
internal interface ITrialStore : IAsyncDisposable
{
    /// <summary>Gets why it cannot be put out of order on this machine; null if it can.</summary>
    string? WhyNoOutage { get; }

    /// <summary>Gets why its connections cannot be cut; null if they can.</summary>
    string? WhyNoCut { get; }

    /// <summary>Returns the settings of one silo.</summary>
    IEnumerable<KeyValuePair<string, string?>> SettingsOf(int silo);

    /// <summary>Locks it, as another program may.</summary>
    Task LockAsync(TimeSpan length);

    /// <summary>Cuts all connections to it.</summary>
    Task CutAsync();

    /// <summary>Has it take no writes: a server that is down, or a disk that is full.</summary>
    Task OutageAsync(TimeSpan length);
}
