using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Vigil.Grains;
using Vigil.Storage;
using Vigil.Storage.Clustering;

namespace Vigil.Hosting;

/// <summary>Puts Vigil into a host, as its own executable does.</summary>
public static class VigilHostingExtensions
{
    /// <summary>
    /// Adds an Orleans silo with all of Vigil. Section <c>Vigil</c> of the configuration says where it stores (<c>Store</c>), with whom it forms a cluster
    /// (<c>Clustering</c>; without it the silo is alone), and which accounts it watches (<c>Connections</c>). Starting the host fails with everything that is
    /// wrong in it listed at once.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Adds to the silo.</param>
    public static IHostApplicationBuilder AddVigilSilo(this IHostApplicationBuilder builder, Action<ISiloBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseOrleans(silo =>
        {
            silo.UseVigilClustering(builder.Configuration);
            ClaimDatabase(silo.Services, builder.Configuration);
            silo.AddVigil();
            configure?.Invoke(silo);
        });
    }

    // Before the store is opened: a database that others use is not brought to this program's schema.
    private static void ClaimDatabase(IServiceCollection services, IConfiguration configuration)
    {
        if (configuration[$"{VigilStoreOptions.SectionName}:{nameof(VigilStoreOptions.ConnectionString)}"] is not null)
        {
            services.AddSingleton<IHostedService>(provider => new DatabaseClaim(
                provider.GetRequiredService<IOptions<VigilStoreOptions>>().Value.ConnectionString!, () => SiloClustering.NameOfCluster(provider)));
        }
    }
}
