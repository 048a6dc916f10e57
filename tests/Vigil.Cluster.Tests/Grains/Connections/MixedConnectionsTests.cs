using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Core.Internal;
using Orleans.Metadata;
using Orleans.Placement.Rebalancing;
using Orleans.Runtime.Placement;
using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Connections;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;
using Vigil.Platforms;

namespace Vigil.Cluster.Tests.Grains.Connections;

/// <summary>A cluster in the middle of a rollout: one silo has a connection that the others do not have.</summary>
[Collection(AloneCollection.Name)]
public sealed class MixedConnectionsTests
{
    private const string New = "new";
    private int _silosWithNew = 1;

    [Fact]
    public async Task Start_OfAConnectionThatOneSiloOfThreeHas_RunsThereWhicheverSiloIsAsked()
    {
        await using var cluster = await StartAsync(silos: 3);
        var knower = SiloWithNew(cluster);

        foreach (var silo in cluster.Host.Silos)
        {
            var grains = silo.ServiceProvider.GetRequiredService<IGrainFactory>();
            RequestContext.Set(ConnectionKey.PlacementHint, New);
            foreach (var _ in Enumerable.Range(0, 10))
            {
                await grains.GetGrain<IExecutionGrain>(VigilCluster.NewId()).StartAsync(NewRequest);
            }

            RequestContext.Clear();
            await StartUntilTakenAsync(grains, VigilCluster.NewId());
        }

        await Eventually.Async(() => Watched(cluster, knower) == 33, "the silo with the connection watches them all");
    }

    [Fact]
    public async Task Query_OfAConnectionThatOneSiloOfThreeHas_IsAnsweredByEach()
    {
        await using var cluster = await StartAsync(silos: 3);

        foreach (var silo in cluster.Host.Silos)
        {
            var grains = silo.ServiceProvider.GetRequiredService<IGrainFactory>();
            var queries = grains.GetGrain<IQueryGrain>(IQueryGrain.Key);
            Assert.Equal([New, ScriptedPlatform.ConnectionName], (await queries.ListConnectionsAsync()).Select(connection => connection.Name));
            Assert.Equal(New, (await queries.GetConnectionAsync(New)).Name);
            Assert.Equal("target.id", Assert.Single(await queries.CheckAsync(NewRequest with { Target = new("workflow", new string('x', 41)) })).Field);
            Assert.Null(await queries.ObserveAsync(new() { Connection = New, RemoteId = "nowhere" }, CancellationToken.None));

            var unknown = NewRequest with { Connection = "typo" };
            await Assert.ThrowsAsync<ConnectionNotFoundException>(() => queries.GetConnectionAsync("typo"));
            await Assert.ThrowsAsync<ConnectionNotFoundException>(() => queries.ObserveAsync(new() { Connection = "typo", RemoteId = "r" }, CancellationToken.None));
            await Assert.ThrowsAsync<ConnectionNotFoundException>(() => grains.GetGrain<IExecutionGrain>(VigilCluster.NewId()).StartAsync(unknown));
            Assert.Empty(await queries.CheckAsync(unknown));
        }
    }

    [Fact]
    public async Task Start_AfterARefusalForItsConnection_IsPlacedAnew()
    {
        await using var cluster = await StartAsync(silos: 2);
        var (id, client) = (VigilCluster.NewId(), cluster.Grains);
        await Assert.ThrowsAsync<ConnectionNotFoundException>(() => client.GetGrain<IExecutionGrain>(id).StartAsync(NewRequest with { Connection = "typo" }));

        await StartUntilTakenAsync(client, id);

        await Eventually.Async(() => Watched(cluster, SiloWithNew(cluster)) == 1, "the silo with the connection watches it");
    }

    [Fact]
    public async Task Execution_MovedToASiloWithoutItsConnection_ComesBack()
    {
        await using var cluster = await StartAsync(silos: 2);
        var (id, knower) = (VigilCluster.NewId(), SiloWithNew(cluster));
        await StartUntilTakenAsync(cluster.Grains, id);
        await cluster.Platform.WaitForAsync(platform => platform.PollsOf(id) > 0, "it was polled");

        RequestContext.Set(IPlacementDirector.PlacementHintKey, cluster.Host.Silos[1 - knower].SiloAddress);
        await cluster.Execution(id).Cast<IGrainManagementExtension>().MigrateOnIdle();
        RequestContext.Clear();

        var polls = cluster.Platform.PollsOf(id);
        await cluster.Platform.WaitForAsync(platform => platform.PollsOf(id) > polls + 3, "it was polled again and again");
        await Eventually.Async(() => Watched(cluster, knower) == 1, "the silo with the connection watches it again");
        Assert.Single(cluster.Platform.Started);
    }

    [Fact]
    public async Task Executions_ThatTheRebalancerMovesToASiloWithoutTheirConnection_GoOn()
    {
        await using var cluster = await StartAsync(silos: 2, silo => silo.AddExecutionRebalancing().Configure<ActivationRebalancerOptions>(options =>
        {
            options.RebalancerDueTime = TimeSpan.FromSeconds(1);
            options.SessionCyclePeriod = TimeSpan.FromSeconds(2);
        }));
        string[] ids = [.. Enumerable.Range(0, 50).Select(_ => VigilCluster.NewId())];
        RequestContext.Set(ConnectionKey.PlacementHint, New);
        await Task.WhenAll(ids.Select(id => cluster.Execution(id).StartAsync(NewRequest)));
        RequestContext.Clear();

        // The emptier silo is given some; it sends back those it is given.
        var other = cluster.Host.Silos[1 - SiloWithNew(cluster)].SiloAddress;
        await Eventually.Async(
            async () => (await cluster.Service<IActivationRebalancer>().GetRebalancingReport(force: true)).Statistics
                .Any(silo => silo.SiloAddress.Equals(other) && silo.AcquiredActivations > 0),
            "some have been moved to the other silo");
        var polls = ids.ToDictionary(id => id, cluster.Platform.PollsOf);
        await Eventually.Async(() => ids.All(id => cluster.Platform.PollsOf(id) > polls[id] + 10), "each is polled again and again");
        await Eventually.Async(() => Watched(cluster, SiloWithNew(cluster)) == ids.Length, "the silo with the connection watches them all");
        Assert.Equal(ids.Order(), cluster.Platform.Started.Select(start => start.ExecutionId).Order());
    }

    [Fact]
    public async Task Execution_WhoseConnectionLeftWithItsSilo_GoesOnWhenASiloBringsItBack()
    {
        await using var cluster = await StartAsync(silos: 2);
        var id = VigilCluster.NewId();
        await StartUntilTakenAsync(cluster.Grains, id);
        await cluster.Platform.WaitForAsync(platform => platform.PollsOf(id) > 0, "it was polled");

        await cluster.Host.StopAsync(cluster.Host.Silos[SiloWithNew(cluster)]);
        await cluster.Host.WaitForMembershipAsync();
        Assert.Equal(id, (await cluster.Execution(id).GetAsync()).Id);
        await Assert.ThrowsAsync<ConnectionNotFoundException>(() => cluster.Execution(VigilCluster.NewId()).StartAsync(NewRequest));

        _silosWithNew = 1;
        await cluster.Host.StartAdditionalAsync();
        var polls = cluster.Platform.PollsOf(id);
        await cluster.Platform.WaitForAsync(platform => platform.PollsOf(id) > polls, "it was polled again");
        Assert.Equal(1, Watched(cluster, SiloWithNew(cluster)));
        Assert.Single(cluster.Platform.Started);
    }

    [Fact]
    public async Task Start_WhileASiloHasNotPublishedItsConnections_IsRefusedAsNotReady()
    {
        await using var cluster = await StartAsync(silos: 2, silo => silo.Services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<ClusterConnections>(services, ActivatorUtilities.CreateInstance<OwnManifest>(services))));
        var other = 1 - SiloWithNew(cluster);
        var queries = cluster.Service<IGrainFactory>(other).GetGrain<IQueryGrain>(IQueryGrain.Key);

        var error = await Assert.ThrowsAsync<VigilUnavailableException>(() => queries.GetConnectionAsync(New));

        Assert.Equal("connection_not_ready", error.Code);
        var start = await Assert.ThrowsAsync<VigilUnavailableException>(() => cluster.Execution(VigilCluster.NewId()).StartAsync(NewRequest with { Connection = "typo" }));
        Assert.Equal("connection_not_ready", start.Code);
    }

    private static StartExecution NewRequest => VigilCluster.Request() with { Connection = New };

    private Task<VigilCluster> StartAsync(short silos, Action<ISiloBuilder>? configure = null) => VigilCluster.StartAsync(silos, cluster => cluster.ConfigureSilos = silo =>
    {
        silo.Services.Configure<RecoveryOptions>(options => options.AuditInterval = TimeSpan.FromSeconds(1));
        if (Interlocked.Decrement(ref _silosWithNew) >= 0)
        {
            silo.Services.AddVigilConnection(new() { Name = New, Platform = cluster.Platform.Name, Credential = "secret", PollsPerMinute = 60_000 });
        }

        configure?.Invoke(silo);
    });

    // What a caller does who does not name the connection beforehand.
    private static Task StartUntilTakenAsync(IGrainFactory grains, string id) => Eventually.Async(
        async () =>
        {
            try
            {
                return (await grains.GetGrain<IExecutionGrain>(id).StartAsync(NewRequest)).Execution.Connection == New;
            }
            catch (OrleansException)
            {
                return false;
            }
        },
        "the start was taken");

    private static int SiloWithNew(VigilCluster cluster) =>
        Enumerable.Range(0, cluster.Host.Silos.Count).Single(silo => cluster.Service<PlatformConnections>(silo).TryGet(New, out _));

    private static int Watched(VigilCluster cluster, int silo) => cluster.Service<SiloPoller>(silo).ReportOf(New).Watched;

    /// <summary>Knows no manifest but that of its own silo, as in the moment before the others have arrived.</summary>
    private sealed class OwnManifest(IClusterManifestProvider inner, ILocalSiloDetails silo) : IClusterManifestProvider
    {
        public ClusterManifest Current => new(
            inner.Current.Version, inner.Current.Silos.Where(entry => entry.Key.Equals(silo.SiloAddress)).ToImmutableDictionary());

        public IAsyncEnumerable<ClusterManifest> Updates => inner.Updates;

        public GrainManifest LocalGrainManifest => inner.LocalGrainManifest;
    }
}
