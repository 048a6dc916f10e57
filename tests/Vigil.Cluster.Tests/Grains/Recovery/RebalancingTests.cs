using Orleans.Configuration;
using Orleans.Core.Internal;
using Orleans.Runtime.Placement;
using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;

namespace Vigil.Cluster.Tests.Grains.Recovery;

/// <summary>Executions move between silos, and nothing of them is lost or done twice on the way.</summary>
[Collection(AloneCollection.Name)]
public sealed class RebalancingTests
{
    [Fact]
    public async Task Join_ThirdSilo_GetsAsManyAsTheOthers()
    {
        const int Count = 300;
        await using var cluster = await VigilCluster.StartAsync(silos: 2, RebalanceQuickly);
        string[] ids = [.. Enumerable.Range(0, Count).Select(_ => VigilCluster.NewId())];
        await Task.WhenAll(ids.Select(id => cluster.Execution(id).StartAsync(VigilCluster.Request())));
        await cluster.Platform.WaitForAsync(platform => ids.All(id => platform.PollsOf(id) > 0), "every run was polled");

        await cluster.Host.StartAdditionalAsync();
        await Eventually.Async(
            () => Enumerable.Range(0, 3).All(silo => WatchedBy(cluster, silo) is > Count / 3 * 9 / 10 and < Count / 3 * 11 / 10),
            "each of the three watches a third of the executions, give or take a tenth");

        var polls = ids.ToDictionary(id => id, cluster.Platform.PollsOf);
        await cluster.Platform.WaitForAsync(platform => ids.All(id => platform.PollsOf(id) > polls[id]), "every run was polled again");
        await Eventually.Async(() => Enumerable.Range(0, 3).Sum(silo => WatchedBy(cluster, silo)) == Count, "each is watched by one silo alone");
        Assert.Equal(ids.Order(), cluster.Platform.Started.Select(start => start.ExecutionId).Order());
    }

    [Fact]
    public async Task Migrate_WhileTheStartIsOnItsWay_StartsItOnceAndIsWatchedByTheNewSilo()
    {
        await using var cluster = await VigilCluster.StartAsync(silos: 2);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Platform.BeforeStart = _ => answered.Task;
        var id = VigilCluster.NewId();
        await cluster.Execution(id).StartAsync(VigilCluster.Request());
        await cluster.Platform.WaitForAsync(platform => platform.Started.Count > 0, "it was started");
        var before = await SiloOfAsync(cluster, id);
        var to = cluster.Host.Silos[0].SiloAddress.Equals(before) ? 1 : 0;

        RequestContext.Set(IPlacementDirector.PlacementHintKey, cluster.Host.Silos[to].SiloAddress);
        await cluster.Execution(id).Cast<IGrainManagementExtension>().MigrateOnIdle();
        RequestContext.Clear();
        await Eventually.Async(async () => cluster.Host.Silos[to].SiloAddress.Equals(await SiloOfAsync(cluster, id)), "it has moved");
        answered.SetResult();

        await Eventually.Async(() => WatchedBy(cluster, to) == 1, "the new silo watches it");
        await Eventually.Async(async () => (await cluster.Execution(id).GetAsync()).Status == ExecutionStatus.Running, "it is seen running");
        Assert.Single(cluster.Platform.Started);
        Assert.Equal(0, WatchedBy(cluster, 1 - to));
    }

    private static void RebalanceQuickly(VigilCluster cluster) => cluster.ConfigureSilos = silo => silo.AddExecutionRebalancing().Configure<ActivationRebalancerOptions>(options =>
    {
        options.RebalancerDueTime = TimeSpan.FromSeconds(1);
        options.SessionCyclePeriod = TimeSpan.FromSeconds(2);
    });

    private static async Task<SiloAddress?> SiloOfAsync(VigilCluster cluster, string id) =>
        await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(cluster.Execution(id));

    private static int WatchedBy(VigilCluster cluster, int silo) => cluster.Service<SiloPoller>(silo).ReportOf(ScriptedPlatform.ConnectionName).Watched;
}
