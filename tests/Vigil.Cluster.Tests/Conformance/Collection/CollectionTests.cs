using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Vigil.Cluster.Tests.Conformance.Support;
using Vigil.Cluster.Tests.Hosting;

namespace Vigil.Cluster.Tests.Conformance.Collection;

/// <summary>Who is idle ends. In real time, with ages as short as they may be.</summary>
public sealed class CollectionTests
{
    [Fact]
    public async Task Idle_End_UnlessTheyHaveAReasonToStay()
    {
        var stage = new Stage();
        await using var cluster = await StartAsync(stage);
        var (idle, timer) = (New(cluster), New(cluster));
        var (keptByTimer, delayed) = (New(cluster), New(cluster));
        await timer.StartTimerAsync(keepAlive: false);
        await keptByTimer.StartTimerAsync(keepAlive: true);
        await delayed.DelayAsync(TimeSpan.FromHours(1));
        await idle.GetNumberAsync();

        await EndedAsync(stage, idle);
        await EndedAsync(stage, timer);

        // Another whole age for those who stay.
        var next = New(cluster);
        await next.GetNumberAsync();
        await EndedAsync(stage, next);
        Assert.Equal(1, await keptByTimer.GetNumberAsync());
        Assert.Equal(1, await delayed.GetNumberAsync());
        Assert.Equal(2, await idle.GetNumberAsync());
    }

    [Fact]
    public async Task Busy_DoNotEnd()
    {
        var stage = new Stage();
        await using var cluster = await StartAsync(stage);
        var busy = New(cluster);
        var held = busy.HoldAsync();
        await stage.Gate(busy.GetPrimaryKeyString()).ReachedAsync();

        for (var i = 0; i < 2; i++)
        {
            var idle = New(cluster);
            await idle.GetNumberAsync();
            await EndedAsync(stage, idle);
        }

        stage.Gate(busy.GetPrimaryKeyString()).Open();
        await held;
        Assert.Equal(1, await busy.GetNumberAsync());
    }

    [Fact]
    public async Task ResponseTimeout_OfTheSilo_HoldsForItsGrains()
    {
        var stage = new Stage();
        await using var cluster = await StartAsync(stage);
        var (grain, other) = (New(cluster), New(cluster));

        Assert.Equal(nameof(TimeoutException), await grain.HoldOtherAsync(other).Within("the silo's own time-out"));

        stage.Gate(other.GetPrimaryKeyString()).Open();
    }

    private static IIdleGrain New(TestClusterHost cluster) => cluster.Client.GetGrain<IIdleGrain>(ConformanceCluster.NewKey());

    private static Task EndedAsync(Stage stage, IIdleGrain grain) =>
        stage.Journal(grain.GetPrimaryKeyString()).HasAsync($"deactivated: {DeactivationReasonCode.ActivationIdle}");

    private static Task<TestClusterHost> StartAsync(Stage stage) => TestClusterHost.StartAsync(1, silo =>
    {
        silo.Services.AddSingleton(stage);
        silo.Services.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(1));
        silo.Services.Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionQuantum = TimeSpan.FromMilliseconds(500);
            options.CollectionAge = TimeSpan.FromSeconds(2);
        });
    });
}
