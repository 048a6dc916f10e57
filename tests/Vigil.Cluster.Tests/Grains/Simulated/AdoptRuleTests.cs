using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Runs;
using Vigil.Platforms;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>The standing adopt rule of a connection, over two silos: runs that are started past Vigil are watched.</summary>
public sealed class AdoptRuleTests
{
    [Theory]
    [InlineData("cognite")]
    [InlineData("moderately")]
    public async Task RunsStartedElsewhere_AreWatchedToTheirEnd(string platform)
    {
        await using var world = await StartAsync(platform, new() { MaxWatched = 10 });
        var target = world.Script(Scripted.Endless);

        var run = StartElsewhere(world, platform, target);
        var watching = await AdoptedAsync(world, platform, run);
        world.LetEnd(target);
        var ended = await world.EndAsync(watching);

        Assert.Equal((ExecutionStatus.Succeeded, run, target), (ended.Status, ended.RemoteId, ended.Target?.Id));
    }

    [Fact]
    public async Task RunThatEndsBetweenTwoReadings_IsFoundByItsTimeOfCreation()
    {
        await using var world = await StartAsync("cognite", new() { MaxWatched = 10 });
        await AdoptedAsync(world, "cognite", StartElsewhere(world, "cognite", world.Script(Scripted.Endless)));

        // It ends at once, so no list of active runs ever has it.
        var run = StartElsewhere(world, "cognite", world.Script(new RunScript()));

        Assert.Equal(ExecutionStatus.Succeeded, (await world.EndAsync(await AdoptedAsync(world, "cognite", run))).Status);
    }

    [Theory]
    [InlineData("cognite")]
    [InlineData("moderately")]
    public async Task RunsThatVigilStarts_AreNotAdopted_WhileTheAnswerOfTheStartIsOnItsWay(string platform)
    {
        await using var world = await StartAsync(platform, new() { MaxWatched = 10 });
        world.Far.Faults.Add(new FaultRule { Kind = FaultKind.Delay, Platform = platform, Operation = "start", AfterActing = true, DelaySeconds = 3 });
        var target = world.Script(Scripted.Endless);

        var id = await world.StartAsync(platform, target);
        var started = await world.StartedAsync(id);

        Assert.Equal(ExecutionStatus.Running, started.Status);
        Assert.Equal(id, await world.Cluster.Store.FindByRemoteIdAsync(platform, started.RemoteId!));
        Assert.Single(world.RunsOf(target));
        Assert.Single((await world.Cluster.Store.ListAsync(new() { Connection = platform })).States);
    }

    [Fact]
    public async Task Cap_LimitsHowManyAreWatched_AndIsShown()
    {
        // Each silo counts what it has adopted itself, and while they learn of each other the one that reads the list may change.
        await using var world = await StartAsync("cognite", new() { MaxWatched = 3, Targets = ["wanted"] }, silos: 1);
        world.Far.Scripts.Set(null, "wanted", Scripted.Endless);
        world.Far.Scripts.Set(null, "unwanted", Scripted.Endless);
        for (var i = 0; i < 5; i++)
        {
            StartElsewhere(world, "cognite", "wanted");
            StartElsewhere(world, "cognite", "unwanted");
        }

        var queries = world.Cluster.Grains.GetGrain<IQueryGrain>(IQueryGrain.Key);
        await Eventually.Async(async () => (await queries.GetConnectionAsync("cognite")).Adopt is { Adopted: 3, SkippedByCap: 2 }, "three are watched and two are not");

        var watched = (await queries.ListAsync(new() { Connection = "cognite" })).Items;
        Assert.Equal(["wanted", "wanted", "wanted"], watched.Select(execution => execution.Target?.Id));

        // When one ends, there is room for the next.
        world.Far.Runs.Find("cognite", watched[0].RemoteId!)!.Rewrite(Scripted.Paced(0.05), world.Far.Time.GetUtcNow());
        await Eventually.Async(async () => (await queries.GetConnectionAsync("cognite")).Adopt is { Adopted: 4 }, "the next is adopted");
    }

    [Fact]
    public void Lister_IsOneSiloOfThoseThatHaveTheConnection_AndNotTheSameForAll()
    {
        string[] silos = ["127.0.0.1:11111@1", "127.0.0.1:11112@2", "127.0.0.1:11113@3"];
        string[] connections = [.. Enumerable.Range(0, 20).Select(n => $"connection-{n}")];

        Assert.All(connections, connection => Assert.Equal(AdoptRules.ListerOf(connection, silos), AdoptRules.ListerOf(connection, silos.Reverse())));
        Assert.Equal(silos, connections.Select(connection => AdoptRules.ListerOf(connection, silos)).Distinct().Order());
    }

    private static Task<PlatformWorld> StartAsync(string platform, AdoptRule rule, short silos = 2) =>
        PlatformWorld.StartAsync(simulator => [SimulatedConnections.To(simulator, platform) with { Adopt = rule }], silos: silos);

    private static string StartElsewhere(PlatformWorld world, string platform, string target) =>
        world.Far.Start(platform, new StartedTarget(SimulatedConnections.TargetOf(platform, target).Kind, target, "1", "{}", Extra: "{}")).Id;

    private static async Task<string> AdoptedAsync(PlatformWorld world, string connection, string run)
    {
        string? id = null;
        await Eventually.Async(async () => (id = await world.Cluster.Store.FindByRemoteIdAsync(connection, run)) is not null, $"run {run} is watched");
        return id!;
    }
}
