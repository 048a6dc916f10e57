using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;
using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Hosting;

/// <summary>A cluster of silos and one client, all in this process. Silos that share a process cannot be frozen one by one; kill trials do that.</summary>
public sealed class TestClusterHost : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly List<InProcessSiloHandle> _killed = [];

    private TestClusterHost(InProcessTestCluster cluster) => _cluster = cluster;

    /// <summary>Gets the client, which is no part of any silo.</summary>
    public IClusterClient Client => _cluster.Client;

    /// <summary>Gets the silos that were started and neither stopped nor killed, in the order of their start.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => [.. _cluster.Silos.Where(silo => silo.IsActive).Except(_killed)];

    /// <summary>Starts a cluster and waits until every silo knows all others.</summary>
    /// <param name="silos">How many silos.</param>
    /// <param name="configureSilo">Runs for each silo, those started later too.</param>
    /// <param name="configureClient">Runs for the client.</param>
    public static async Task<TestClusterHost> StartAsync(
        short silos = 1, Action<ISiloBuilder>? configureSilo = null, Action<IClientBuilder>? configureClient = null)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) => configureSilo?.Invoke(silo));
        builder.ConfigureClient(client =>
        {
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = Patience.Long);
            configureClient?.Invoke(client);
        });
        builder.ConfigureSilo((_, silo) => silo
            .Configure<ClusterMembershipOptions>(BearStarvation)
            .Configure<SiloMessagingOptions>(options => options.ResponseTimeout = Patience.Long));

        var host = new TestClusterHost(builder.Build());
        await host._cluster.DeployAsync();
        await host.WaitForMembershipAsync();
        return host;
    }

    /// <summary>Starts one more silo and waits until every silo knows it.</summary>
    public async Task<InProcessSiloHandle> StartAdditionalAsync()
    {
        var silo = await _cluster.StartAdditionalSiloAsync();
        await WaitForMembershipAsync();
        return silo;
    }

    /// <summary>Stops a silo in an orderly way: its activations end and its neighbours know it at once.</summary>
    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    /// <summary>Lets a silo vanish and has another one declare it dead, as missed probes would. <see cref="WaitForMembershipAsync"/> waits until all know.</summary>
    public async Task KillAsync(InProcessSiloHandle silo)
    {
        _killed.Add(silo);
        await _cluster.KillSiloAsync(silo);
        await Silos[0].ServiceProvider.GetRequiredService<IClusterMembershipService>().TryKill(silo.SiloAddress);
    }

    /// <summary>Waits until each living silo sees all living silos active, and no other.</summary>
    public async Task WaitForMembershipAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Long);
        var living = Silos;
        var expected = living.Select(silo => silo.SiloAddress).ToHashSet();
        foreach (var silo in living)
        {
            var membership = silo.ServiceProvider.GetRequiredService<IClusterMembershipService>();
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(patience.Token))
            {
                var active = snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress);
                if (expected.SetEquals(active))
                {
                    break;
                }
            }
        }

        // A membership that every silo sees does not mean yet that each knows what grains the others host, and where.
        await _cluster.WaitForLivenessToStabilizeAsync();
        await _cluster.WaitForClusterManifestToStabilizeAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    // All silos stand still together when this process does, and none may take another for dead because of it.
    private static void BearStarvation(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = Patience.Long;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
    }
}
