using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Grains;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds a silo that runs Vigil to a host.</summary>
public static class VigilHostingExtensions
{
    /// <summary>
    /// Adds an Orleans silo that runs Vigil, to a host that has no silo yet. Section <c>Vigil</c> of the configuration configures the store (<c>Store</c>), the
    /// cluster (<c>Clustering</c>; without it the silo runs alone), the accounts to watch (<c>Connections</c>) and how long the host's stop may take
    /// (<c>Stopping</c>). If the configuration is invalid, starting the host fails with all errors listed at once. Warnings and errors of Vigil and Orleans are
    /// bounded to a few a minute of each kind.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Extends the silo, for example with <c>silo.AddVigil(vigil => vigil.AddPlatform&lt;MyPlatform&gt;())</c>.</param>
    public static IHostApplicationBuilder AddVigilSilo(this IHostApplicationBuilder builder, Action<ISiloBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<HostOptions>().Configure<IConfiguration>(SetShutdownTimeout);
        return builder.UseOrleans(silo =>
        {
            silo.UseVigilClustering(builder.Configuration);
            silo.AddVigil(vigil => vigil.LimitLogs());
            configure?.Invoke(silo);
        });
    }

    // The host reads its options before any are validated, so an invalid value is left to the validation, which reports all errors.
    private static void SetShutdownTimeout(HostOptions host, IConfiguration configuration)
    {
        var setting = configuration[$"{StoppingOptions.SectionName}:{nameof(StoppingOptions.Timeout)}"];
        host.ShutdownTimeout = TimeSpan.TryParse(setting, CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero
            ? timeout
            : new StoppingOptions().Timeout;
    }
}
