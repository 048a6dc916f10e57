using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Vigil.Grains.Recovery;
using Vigil.Hosting;
using Vigil.Platforms;
using Vigil.Storage;
using Vigil.Storage.Clustering;

namespace Orleans.Hosting;

/// <summary>Configures a silo's clustering: alone, or in a cluster whose membership is kept in a database.</summary>
public static class SiloClustering
{
    /// <summary>
    /// Configures the silo from section <see cref="ClusteringOptions.SectionName"/>: membership in a PostgreSQL database, whose tables are created, tuned so that a
    /// lost silo is noticed within seconds. Without that section the silo runs alone, on free ports of this machine.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configuration">The host's configuration.</param>
    public static ISiloBuilder UseVigilClustering(this ISiloBuilder silo, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.GetSection(ClusteringOptions.SectionName).Exists())
        {
            Cluster(silo, configuration);
        }
        else
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
        }

        return silo;
    }

    /// <summary>Returns a name that is the same for all members of the silo's cluster and unique to it; null for a silo that runs alone.</summary>
    internal static string? NameOfCluster(IServiceProvider provider)
    {
        var cluster = provider.GetRequiredService<IOptions<ClusterOptions>>().Value;
        return provider.GetService<ClusterSchema>() is { } schema ? $"{schema.Database}/{cluster.ClusterId}"

            // What UseLocalhostClustering sets. Silos of one machine that form such a cluster cannot be told from others, so each counts as alone.
            : provider.GetRequiredService<IOptions<DevelopmentClusterMembershipOptions>>().Value.PrimarySiloEndpoint is not null ? null

            // The app has clustering of its own, and there is no other name for where its membership is kept.
            : $"{cluster.ServiceId}/{cluster.ClusterId}";
    }

    private static void Cluster(ISiloBuilder silo, IConfiguration configuration)
    {
        silo.Services.AddOptions<ClusteringOptions>().BindSettings(ClusteringOptions.SectionName).ValidateDataAnnotations().ValidateOnStart();
        silo.Services.AddSingleton<IValidateOptions<ClusteringOptions>, Validator>();
        silo.Services.AddBeforeStart<SiloPortsCheck>();
        silo.Services.AddSingleton(provider => new ClusterSchema(Connection(provider)));
        silo.Services.AddBeforeStart<UnreachableMembersWait>();
        silo.Services.AddHostedService<MembershipLog>();
        silo.UseAdoNetClustering(options => options.Configure<IServiceProvider>((adoNet, provider) =>
        {
            adoNet.Invariant = "Npgsql";
            adoNet.ConnectionString = Connection(provider);
        }));
        silo.Services.AddOptions<ClusterOptions>().Configure<IOptions<ClusteringOptions>>((cluster, clustering) =>
            (cluster.ClusterId, cluster.ServiceId) = (clustering.Value.ClusterId, clustering.Value.ServiceId));
        silo.Services.AddOptions<EndpointOptions>().Configure<IOptions<ClusteringOptions>>((endpoint, clustering) =>
        {
            endpoint.SiloPort = PortOf(clustering.Value.SiloPort);
            endpoint.GatewayPort = PortOf(clustering.Value.GatewayPort);

            // Orleans listens on the advertised address, so without one a silo can be reached from this machine only.
            endpoint.AdvertisedIPAddress = clustering.Value.Address is { } address ? IPAddress.Parse(address) : IPAddress.Loopback;
        });

        // With the defaults, a killed silo is declared dead after 11 s and a frozen one after 50 s, and a restart of all silos on new addresses hangs for minutes.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(2);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            options.TableRefreshTimeout = TimeSpan.FromSeconds(15);
            options.MaxJoinAttemptTime = TimeSpan.FromMinutes(1);
        });
        silo.AddExecutionRebalancing();
        if (configuration.GetSection($"{ClusteringOptions.SectionName}:{nameof(ClusteringOptions.Tls)}").Get<SiloTlsOptions>() is { } tls && !tls.Errors().Any())
        {
            silo.UseTls(tls.Configure);
        }
    }

    private static string Connection(IServiceProvider provider) => provider.GetRequiredService<IOptions<ClusteringOptions>>().Value
        .Connection(provider.GetRequiredService<IOptions<VigilStoreOptions>>().Value.ConnectionString);

    private static int PortOf(int port) => port == 0 ? FreePort() : port;

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Reports these errors together with all other option errors at the start.</summary>
    private sealed class Validator(IConfiguration configuration) : IValidateOptions<ClusteringOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClusteringOptions options)
        {
            string[] errors = [.. options.Errors(configuration[$"{VigilStoreOptions.SectionName}:{nameof(VigilStoreOptions.ConnectionString)}"])];
            return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
        }
    }
}
