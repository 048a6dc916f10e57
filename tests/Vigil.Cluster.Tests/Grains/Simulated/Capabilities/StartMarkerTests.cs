using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>
/// A marker that finds a start again: where a start's answer is lost, cognite and manifest find the run and go on with it, and the others are lost rather
/// than started twice.
/// </summary>
public sealed class StartMarkerTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Theory]
    [InlineData("cognite", "list")]
    [InlineData("manifest", "find")]
    public async Task Start_WhoseAnswerIsLost_IsFoundAndNotSentAgain(string platform, string operation)
    {
        var target = CutStarts();
        var looks = World.Ledger.Count(platform, operation);

        var id = await World.StartAsync(platform, target);
        var execution = await World.EndAsync(id);

        var run = Assert.Single(World.RunsOf(target));
        Assert.Equal((ExecutionStatus.Succeeded, run.RunId, id), (execution.Status, execution.RemoteId, run.Marker));
        Assert.Equal(0, Assert.Single(Starts(platform, target)).Status);
        Assert.True(World.Ledger.Count(platform, operation) > looks, "The run was not looked for.");
    }

    [Theory]
    [InlineData("agentic")]
    [InlineData("moderately")]
    [InlineData("gloriamundo")]
    [InlineData(Variant.Blind)]
    public async Task Start_WhoseAnswerIsLost_IsLostAndNotSentAgain(string connection)
    {
        var target = CutStarts();

        var execution = await World.EndAsync(await World.StartAsync(connection, target));

        Assert.Equal((ExecutionStatus.Lost, "start_unconfirmed"), (execution.Status, execution.Failure?.Reason));
        Assert.Single(World.RunsOf(target));
        Assert.Single(Starts(execution.Platform, target));
    }

    private string CutStarts()
    {
        var target = World.Script(Scripted.Paced());
        World.Far.Faults.Add(new() { Kind = FaultKind.Cut, Operation = "start", Target = target, AfterActing = true });
        return target;
    }

    private IEnumerable<LedgerRequest> Starts(string platform, string target) =>
        World.Ledger.Requests(platform, "start").Where(request => request.Target == target);
}
