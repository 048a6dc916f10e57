namespace Vigil.Silo;

/// <summary>The command line's options.</summary>
/// <param name="DataDirectory">The folder that holds the store's file.</param>
/// <param name="Port">The port on 127.0.0.1, or of addresses without one; 0 for any free port, null if none was given.</param>
/// <param name="Simulate">Whether simulated platforms are started, with a connection to each.</param>
/// <param name="Scripts">The file that scripts the simulated targets and the faults; null for the stock scripts.</param>
/// <param name="Quiet">Whether Vigil logs only warnings, for example while a live table is shown.</param>
internal sealed record SiloOptions(string DataDirectory, int? Port, bool Simulate, string? Scripts = null, bool Quiet = false)
{
    /// <summary>Gets the addresses to listen on, with or without scheme and port; empty if none was given.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Gets a value indicating whether the API may listen on addresses other than loopback although it does not authenticate callers.</summary>
    public bool Insecure { get; init; }

    /// <summary>Gets the URLs from the command line; empty if it has none.</summary>
    public IReadOnlyList<string> Urls => (Listen.Count, Port) switch
    {
        (0, null) => [],
        (0, _) => [Listening.UrlOf("127.0.0.1", Port)],
        _ => [.. Listen.Select(address => Listening.UrlOf(address, Port))],
    };

    /// <summary>Gets the address of a simulator in another process; a connection to each of its platforms is configured.</summary>
    public Uri? Simulator { get; init; }

    /// <summary>Gets settings that override files and the environment, for tests that run several silos in one process.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Returns the file in a data folder that keeps the runs of simulated platforms.</summary>
    public static string RunsFileIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "simulator.jsonl");
}
