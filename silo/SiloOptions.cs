namespace Vigil.Silo;

/// <summary>The command line's options.</summary>
/// <param name="DataDirectory">The folder that holds the store's file.</param>
/// <param name="Port">The port on 127.0.0.1; 0 for any free port.</param>
/// <param name="Simulate">Whether simulated platforms are started, with a connection to each.</param>
/// <param name="Scripts">The file that scripts the simulated targets and the faults; null for the stock scripts.</param>
/// <param name="Quiet">Whether Vigil logs only warnings, for example while a live table is shown.</param>
internal sealed record SiloOptions(string DataDirectory, int Port, bool Simulate, string? Scripts = null, bool Quiet = false)
{
    /// <summary>Gets the address of a simulator in another process; a connection to each of its platforms is configured.</summary>
    public Uri? Simulator { get; init; }

    /// <summary>Gets settings that override files and the environment, for tests that run several silos in one process.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Returns the file in a data folder that keeps the runs of simulated platforms.</summary>
    public static string RunsFileIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), "simulator.jsonl");
}
