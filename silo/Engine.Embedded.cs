using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Vigil.Silo;

/// <summary>How a silo is set up on the embedded engine: one process, and no way to be more.</summary>
internal static class Engine
{
    public const string Name = "Embedded";

    public static void Configure(ISiloBuilder silo, IConfiguration configuration)
    {
        if (configuration.GetSection("Vigil:Clustering").Exists())
        {
            throw new OptionsValidationException(
                "Vigil:Clustering", typeof(Engine), ["Vigil:Clustering is set, but the Embedded engine runs in one process; build with OrleansEngine=Packages to cluster."]);
        }

        _ = silo;
    }
}
