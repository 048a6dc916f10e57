using Vigil.Cluster.Tests.Conformance.Exceptions;
using Vigil.Cluster.Tests.Conformance.Observers;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Clusters;

/// <summary>Two silos are one place for grains.</summary>
public sealed class TwoSilosTests : IAsyncLifetime
{
    private TwoSilos? _cluster;

    private TwoSilos Cluster => _cluster!;

    public async Task InitializeAsync() => _cluster = await TwoSilos.StartAsync();

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    [Fact]
    public async Task Grains_OnBothSilos_CallEachOther()
    {
        var one = await Cluster.NewOnAsync(Cluster.Host.Silos[0]);
        var two = await Cluster.NewOnAsync(Cluster.Host.Silos[1]);

        Assert.Equal(Cluster.Host.Silos[1].SiloAddress.ToParsableString(), await one.GetSiloOfAsync(two));
        Assert.Equal(Cluster.Host.Silos[0].SiloAddress.ToParsableString(), await two.GetSiloOfAsync(one));
    }

    [Fact]
    public async Task Exception_FromTheOtherSilo_ArrivesWhole()
    {
        var one = await Cluster.NewOnAsync(Cluster.Host.Silos[0]);
        var two = await Cluster.NewOnAsync(Cluster.Host.Silos[1]);

        var error = await Assert.ThrowsAsync<ItemException>(() => one.FailThroughAsync(two));

        Assert.Equal(("hammer", "item"), (error.Item, error.Code));
    }

    [Fact]
    public async Task Observer_IsAskedFromEitherSilo()
    {
        var watcher = new Watcher();
        var reference = Cluster.Host.Client.CreateObjectReference<IWatcher>(watcher);

        foreach (var silo in Cluster.Host.Silos)
        {
            Assert.Equal("answer to what", await (await Cluster.NewOnAsync(silo)).AskAsync(reference, "what"));
        }

        GC.KeepAlive(watcher);
    }

    [Fact]
    public async Task FirstCalls_FromEverywhere_MeetOneActivation()
    {
        var callers = await Task.WhenAll(Cluster.Host.Silos.Select(Cluster.NewOnAsync));
        for (var round = 0; round < 20; round++)
        {
            var grain = Cluster.New();

            var fromGrains = Enumerable.Range(0, 10).Select(i => callers[i % 2].GetSiloOfAsync(grain));
            var fromClient = Enumerable.Range(0, 10).Select(_ => grain.GetSiloAsync());
            var silos = await Task.WhenAll(fromGrains.Concat(fromClient)).Within("the answers of a storm");

            Assert.Single(silos.Distinct());
            Assert.Equal(1, await grain.GetNumberAsync());
        }
    }

    [Fact]
    public async Task Migrate_EndsTheActivation_AndKeepsWhatIsStored()
    {
        var grain = Cluster.New();
        await grain.WriteAsync("stored");
        await grain.RememberAsync("not stored");

        await grain.MigrateAsync();

        await Cluster.JournalOf(grain).HasAsync("deactivated: Migrating");
        Assert.Equal("stored", await grain.ReadAsync());
        Assert.Null(await grain.RecallAsync());
        Assert.Equal(2, await grain.GetNumberAsync());
    }

    [Fact]
    public async Task Migrate_DuringACall_LetsItFinishAndHandsTheQueueOn()
    {
        var grain = Cluster.New();
        var held = grain.MigrateAndHoldAsync();
        await Cluster.GateOf(grain).ReachedAsync();
        var queued = Enumerable.Range(0, 5).Select(_ => grain.GetNumberAsync()).ToArray();

        Cluster.GateOf(grain).Open();

        Assert.Equal(1, await held.Within("the call that asked to migrate"));
        Assert.All(await Task.WhenAll(queued).Within("the calls behind it"), number => Assert.Equal(2, number));
    }

    [Fact]
    public async Task Migrate_AgainAndAgain_ReachesTheOtherSilo()
    {
        var grain = Cluster.New();
        await grain.WriteAsync("stored");
        var home = await grain.GetSiloAsync();

        await Patience.UntilAsync(
            async () =>
            {
                await grain.MigrateAsync();
                return await grain.GetSiloAsync() != home;
            },
            "an activation on the other silo");

        Assert.Equal("stored", await grain.ReadAsync());
        await grain.WriteAsync("stored again");
    }
}
