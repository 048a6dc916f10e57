using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Many by id in one request: agentic by aliases, whose number is learnt, and moderately by a hundred ids. The others are asked one by one.</summary>
public sealed class ManyByIdTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    private static readonly RunScript Long = Scripted.Paced(0.4);

    [Fact]
    public async Task Agentic_MoreAliasesThanItTakes_AreHalvedUntilItTakesThem()
    {
        // What a real server says to a query that is too large, and nothing documents where that begins.
        var rule = World.Far.Faults.Add(new() { Kind = FaultKind.Status, Status = 400, Platform = "agentic", Operation = "status", MoreThanRuns = 10 });
        var executions = await RunManyAsync(Variant.Batches("agentic"), World.Script(Long), 40);
        World.Far.Faults.Remove(rule.Id);

        var requests = RequestsOf(executions, "status");
        var refused = requests.Where(request => request.Status == 400).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, request => Assert.InRange(request.RunIds.Count, 11, 25));
        var learnt = requests.SkipWhile(request => request != refused[^1]).Skip(1).ToList();
        Assert.All(learnt, request => Assert.InRange(request.RunIds.Count, 1, 10));
        Assert.Contains(learnt, request => request.RunIds.Count > 1);
        Assert.True(refused.Count < 40, $"{refused.Count} requests were refused: the size was not remembered.");
    }

    [Fact]
    public async Task Moderately_AHundredIds_AreOneRequest()
    {
        var executions = await RunManyAsync(Variant.Batches("moderately"), World.Script(Long), 250);

        var requests = RequestsOf(executions, "status_many");
        Assert.Equal(100, requests.Max(request => request.RunIds.Count));
        Assert.True(executions.Sum(execution => execution.Requests) < executions.Sum(execution => execution.Polls) / 10.0, "Batches were hardly filled.");
    }

    [Fact]
    public async Task Moderately_OneBadId_DoesNotSinkItsBatch()
    {
        var target = World.Script(Long);
        var bad = (await World.StartedAsync(await World.StartAsync("moderately", target))).RemoteId!;
        World.Far.Faults.Add(new() { Kind = FaultKind.Status, Status = 400, Operation = "status_many", RunId = bad });

        var executions = await RunManyAsync("moderately", target, 20);

        var withIt = World.Ledger.Requests("moderately", "status_many", bad);
        Assert.NotEmpty(withIt);
        Assert.All(withIt, request => Assert.Equal(400, request.Status));
        Assert.Contains(RequestsOf(executions, "status_many"), request => request.Status == 200 && request.RunIds.Count > 1);
        Assert.Contains(World.Ledger.Requests("moderately", "status", bad), request => request.Status == 200);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    [InlineData("cognite")]
    public async Task Others_AreAskedOneByOne(string platform)
    {
        var executions = await RunManyAsync(platform, World.Script(Scripted.Paced()), 5);

        Assert.All(executions.SelectMany(execution => World.RequestsOf(execution)), request => Assert.Single(request.RunIds));
    }

    private async Task<IReadOnlyList<Execution>> RunManyAsync(string connection, string target, int count)
    {
        string[] ids = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => World.StartAsync(connection, target)));
        Execution[] executions = await Task.WhenAll(ids.Select(id => World.EndAsync(id)));
        Assert.All(executions, execution => Assert.Equal(ExecutionStatus.Succeeded, execution.Status));
        return executions;
    }

    private List<LedgerRequest> RequestsOf(IReadOnlyList<Execution> executions, string operation)
    {
        var runs = executions.Select(execution => execution.RemoteId!).ToHashSet();
        return [.. World.Ledger.Requests(operation: operation).Where(request => request.RunIds.Any(runs.Contains))];
    }
}
