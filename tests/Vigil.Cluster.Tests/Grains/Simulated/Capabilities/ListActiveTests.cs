using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>List the active ones: cognite by a status filter, moderately by <c>statuses</c>. A run is asked for by its id when it has left the list.</summary>
public sealed class ListActiveTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Theory]
    [InlineData("cognite")]
    [InlineData(Variant.Client)]
    public async Task Runs_AreFollowedByTheListAndLookedUpAtTheEnd(string connection)
    {
        const int Lists = 10;
        var target = World.Script(Scripted.Endless);
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => World.StartAsync(connection, target)));
        var started = await Task.WhenAll(ids.Select(World.StartedAsync));
        var before = World.Ledger.Count(started[0].Platform, "list");
        await Eventually.Async(() => World.Ledger.Count(started[0].Platform, "list") >= before + Lists, $"the runs are listed {Lists} times");

        World.LetEnd(target);
        Execution[] executions = await Task.WhenAll(ids.Select(id => World.EndAsync(id)));

        Assert.All(executions, execution => Assert.Equal(ExecutionStatus.Succeeded, execution.Status));

        // One by one, each would have been asked for as often as all were listed.
        var lookUps = executions.Sum(execution => World.RequestsOf(execution, "status").Count);
        Assert.InRange(lookUps, executions.Length, 5 * executions.Length);
    }

    [Theory]
    [InlineData("agentic")]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    public async Task Others_HaveNoList(string platform)
    {
        await World.RunAsync(platform, Scripted.Paced());

        Assert.Equal(0, World.Ledger.Count(platform, "list"));
    }
}
