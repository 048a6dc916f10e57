using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Many by id in one request: agentic by aliases, whose number is learnt, and moderately by a hundred ids. The others are asked one by one.</summary>
public sealed class ManyByIdTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Fact]
    public async Task Agentic_MoreAliasesThanItTakes_AreHalvedUntilItTakesThem()
    {
        // What a real server says to a query that is too large, and nothing documents where that begins.
        var rule = World.Far.Faults.Add(new() { Kind = FaultKind.Status, Status = 400, Platform = "agentic", Operation = "status", MoreThanRuns = 10 });
        var executions = await RunManyAsync(
            Variant.Batches("agentic"), 40, "status", requests => AfterTheLastRefusal(requests).Count(request => request.RunIds.Count > 1) >= 20);
        World.Far.Faults.Remove(rule.Id);

        var requests = RequestsOf(executions, "status");
        var refused = requests.Where(request => request.Status == 400).ToList();
        Assert.All(refused, request => Assert.InRange(request.RunIds.Count, 11, 25));
        Assert.All(AfterTheLastRefusal(requests), request => Assert.InRange(request.RunIds.Count, 1, 10));
        Assert.True(refused.Count < 40, $"{refused.Count} requests were refused: the size was not remembered.");
    }

    [Fact]
    public async Task Moderately_AHundredIds_AreOneRequest()
    {
        var executions = await RunManyAsync(
            Variant.Batches("moderately"), 250, "status_many", requests => requests.Count(request => request.RunIds.Count == 100) >= 20);

        Assert.Equal(100, RequestsOf(executions, "status_many").Max(request => request.RunIds.Count));

        // The request that started each counts too, and how many polls follow it depends on the machine.
        Assert.True(executions.Sum(execution => execution.Requests - 1) < executions.Sum(execution => execution.Polls) / 10.0, "Batches were hardly filled.");
    }

    [Fact]
    public async Task Moderately_OneBadId_DoesNotSinkItsBatch()
    {
        var target = World.Script(Scripted.Endless);
        var bad = (await World.StartedAsync(await World.StartAsync("moderately", target))).RemoteId!;
        World.Far.Faults.Add(new() { Kind = FaultKind.Status, Status = 400, Operation = "status_many", RunId = bad });

        await RunManyAsync(
            "moderately",
            20,
            "status_many",
            requests => requests.Any(request => request.Status == 200 && request.RunIds.Count > 1)
                && World.Ledger.Requests("moderately", "status_many", bad).Any()
                && World.Ledger.Requests("moderately", "status", bad).Any(request => request.Status == 200));

        Assert.All(World.Ledger.Requests("moderately", "status_many", bad), request => Assert.Equal(400, request.Status));
        World.LetEnd(target);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    [InlineData("cognite")]
    public async Task Others_AreAskedOneByOne(string platform)
    {
        var executions = await RunManyAsync(platform, 5, "status", _ => true);

        Assert.All(executions.SelectMany(execution => World.RequestsOf(execution)), request => Assert.Single(request.RunIds));
    }

    private static IEnumerable<LedgerRequest> AfterTheLastRefusal(IReadOnlyList<LedgerRequest> requests) =>
        requests.LastOrDefault(request => request.Status == 400) is { } refused ? requests.SkipWhile(request => request != refused).Skip(1) : [];

    /// <summary>Runs many until the platform has been asked about them in a certain way, and lets them end then.</summary>
    private async Task<IReadOnlyList<Execution>> RunManyAsync(string connection, int count, string operation, Func<IReadOnlyList<LedgerRequest>, bool> until)
    {
        var target = World.Script(Scripted.Endless);
        string[] ids = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => World.StartAsync(connection, target)));
        var started = await Task.WhenAll(ids.Select(World.StartedAsync));
        await Eventually.Async(() => until(RequestsOf(started, operation)), "the platform is asked about them so");
        World.LetEnd(target);
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
