using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>List the active ones: cognite by a status filter, moderately by <c>statuses</c>. A run is asked for by its id when it has left the list.</summary>
public sealed class ListActiveTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    private static readonly RunScript Long = Scripted.Paced(0.5);

    [Theory]
    [InlineData("cognite")]
    [InlineData(Variant.Client)]
    public async Task Runs_AreFollowedByTheListAndLookedUpAtTheEnd(string connection)
    {
        var target = World.Script(Long);
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => World.StartAsync(connection, target)));

        Execution[] executions = await Task.WhenAll(ids.Select(id => World.EndAsync(id)));

        Assert.All(executions, execution => Assert.Equal(ExecutionStatus.Succeeded, execution.Status));
        var platform = executions[0].Platform;
        var lists = World.Ledger.Requests(platform, "list").Where(request => request.At >= executions.Min(execution => execution.AcceptedAt)).ToList();
        Assert.NotEmpty(lists);

        // Twelve runs of 2.5 s at a cadence of 0.2 s would be asked for 150 times one by one.
        var absences = executions.Sum(execution => World.RequestsOf(execution, "status").Count);
        Assert.InRange(absences, executions.Length, 5 * executions.Length);
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
