using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Retry: cognite runs the same id again, as a further attempt; the others cannot, and say so.</summary>
public sealed class RetryTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Fact]
    public async Task Cognite_RunsTheSameIdAgain()
    {
        var id = await World.StartAsync("cognite", World.Script(Scripted.FailsOnce));
        var failed = await World.EndAsync(id);

        await World.Cluster.Execution(id).RetryAsync();
        var execution = await World.EndAsync(id, attempt: 2);

        Assert.Equal((ExecutionStatus.Failed, ExecutionStatus.Succeeded, 2), (failed.Status, execution.Status, execution.Attempt));
        Assert.Equal(failed.RemoteId, execution.RemoteId);
        Assert.Equal(2, World.TruthOf(execution).Attempt);
        Assert.Equal(200, Assert.Single(World.RequestsOf(execution, "retry")).Status);
    }

    [Theory]
    [InlineData("agentic")]
    [InlineData("moderately")]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    public async Task Others_SayThatTheyCannot(string platform)
    {
        var execution = await World.RunAsync(platform, Scripted.Paced(0.05, StockScripts.Fail));
        Assert.Equal(ExecutionStatus.Failed, execution.Status);

        var refusal = await Assert.ThrowsAsync<CommandNotSupportedException>(() => World.Cluster.Execution(execution.Id).RetryAsync());

        Assert.Equal("retry_not_supported", refusal.Code);
        Assert.Empty(World.RequestsOf(execution, "retry"));
    }
}
