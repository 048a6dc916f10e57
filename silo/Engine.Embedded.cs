namespace Vigil.Silo;

/// <summary>How a silo is set up on the embedded engine: one process, and no way to be more.</summary>
internal static class Engine
{
    public const string Name = "Embedded";

    public static void Configure(ISiloBuilder silo, IConfiguration configuration) =>
        silo.Services.AddOptions<NoClustering>()
            .Validate(
                _ => !configuration.GetSection("Vigil:Clustering").Exists(),
                "Vigil:Clustering is set, but the Embedded engine runs in one process; build with OrleansEngine=Packages to cluster.")
            .ValidateOnStart();

    /// <summary>Returns what all members of the silo's cluster are called: none, it is alone.</summary>
    public static string? NameOfCluster(IServiceProvider provider) => null;

    // Validated with all other options, so that a wrong configuration is told whole.
    private sealed class NoClustering;
}
