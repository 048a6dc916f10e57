namespace Vigil.Silo;

/// <summary>What the command line says.</summary>
/// <param name="DataDirectory">Where the store keeps its file.</param>
/// <param name="Port">The port on 127.0.0.1; 0 for any free one.</param>
/// <param name="Simulate">Whether simulated platforms are started, with a connection to each.</param>
/// <param name="Scripts">The file that says how the simulated platforms' targets run; null for the stock ones.</param>
/// <param name="Quiet">Whether only warnings are logged, as beside a live table.</param>
internal sealed record SiloOptions(string DataDirectory, int Port, bool Simulate, string? Scripts = null, bool Quiet = false)
{
    /// <summary>Gets configuration that wins over files and the environment; for several silos in one process.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
}
