using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Vigil.Silo;

/// <summary>How a silo is set up on the Orleans packages: alone, or in a cluster that meets in a database.</summary>
internal static class Engine
{
    public const string Name = "Packages";

    public static void Configure(ISiloBuilder silo, IConfiguration configuration)
    {
        var clustering = configuration.GetSection("Vigil:Clustering");
        if (!clustering.Exists())
        {
            silo.UseLocalhostClustering(FreePort(), FreePort());
            return;
        }

        if (clustering["ConnectionString"] is not { Length: > 0 } connectionString)
        {
            throw new OptionsValidationException("Vigil:Clustering", typeof(Engine), ["Vigil:Clustering:ConnectionString is required."]);
        }

        silo.UseAdoNetClustering(options =>
        {
            options.Invariant = "Npgsql";
            options.ConnectionString = connectionString;
        });
        silo.Configure<ClusterOptions>(clustering);
        silo.Configure<EndpointOptions>(clustering);

        // The defaults declare a killed silo dead after 11 s, a frozen one after 50 s, and hang for minutes when all silos come back on new addresses.
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(2);
            options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
            options.TableRefreshTimeout = TimeSpan.FromSeconds(15);
            options.MaxJoinAttemptTime = TimeSpan.FromSeconds(20);
        });
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
