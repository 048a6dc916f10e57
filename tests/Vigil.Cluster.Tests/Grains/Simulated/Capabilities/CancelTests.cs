using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Cancel: where the platform can, the outcome is what it then reports; where it cannot, the caller is told so and nothing is sent.</summary>
public sealed class CancelTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Theory]
    [InlineData("agentic", "Cancelled")]
    [InlineData("moderately", "cancelled")]
    [InlineData("manifest", "cancelled")]
    [InlineData("cognite", "TERMINATED")]
    public async Task Run_IsStoppedOnThePlatform(string platform, string word)
    {
        var id = await World.StartAsync(platform, World.Script(Scripted.Endless));
        await World.StartedAsync(id);

        await World.Cluster.Execution(id).CancelAsync("enough");
        var execution = await World.EndAsync(id);

        Assert.Equal((ExecutionStatus.Cancelled, word), (execution.Status, execution.RawStatus));
        var truth = World.TruthOf(execution);
        Assert.Equal((RunPhase.Cancelled, 1), (truth.Phase, truth.CancelRequests));
        Assert.Single(World.RequestsOf(execution, "cancel"));
    }

    [Fact]
    public async Task Cognite_TheReasonIsPassedOn_AndATerminationByOthersIsNoCancellation()
    {
        var id = await World.StartAsync("cognite", World.Script(Scripted.Endless));
        await World.StartedAsync(id);
        await World.Cluster.Execution(id).CancelAsync("enough");
        Assert.Equal("enough", (await World.EndAsync(id)).Failure?.Reason);

        var killed = await World.RunAsync("cognite", Scripted.Paced() with { Outcome = RunOutcome.Killed, Reason = "maintenance" });
        Assert.Equal((ExecutionStatus.Terminated, "TERMINATED", "maintenance"), (killed.Status, killed.RawStatus, killed.Failure?.Reason));
    }

    [Fact]
    public async Task Manifest_IsBestEffort_AndARunThatEndsByItselfKeepsItsEnd()
    {
        var target = World.Script(Scripted.Endless);
        World.Far.Faults.Add(new() { Kind = FaultKind.Status, Status = 202, Platform = "manifest", Operation = "cancel", Target = target });
        var id = await World.StartAsync("manifest", target);
        var started = await World.StartedAsync(id);

        await World.Cluster.Execution(id).CancelAsync("enough");
        await Eventually.Async(() => World.RequestsOf(started, "cancel").Count > 0, "the platform is asked to stop the run");
        World.LetEnd(target);
        var execution = await World.EndAsync(id);

        Assert.Equal(ExecutionStatus.Succeeded, execution.Status);
        Assert.Equal(202, Assert.Single(World.RequestsOf(execution, "cancel")).Status);
    }

    [Theory]
    [InlineData("gloriamundo")]
    [InlineData("agentic-uncancellable")]
    public async Task Platform_WithoutIt_IsAConflictAndNothingIsSent(string connection)
    {
        var id = await World.StartAsync(connection, World.Script(Scripted.Endless));
        var execution = await World.StartedAsync(id);

        var refusal = await Assert.ThrowsAsync<CommandNotSupportedException>(() => World.Cluster.Execution(id).CancelAsync("enough"));

        Assert.Equal("cancel_not_supported", refusal.Code);
        Assert.Empty(World.RequestsOf(execution, "cancel"));
        await World.Cluster.Execution(id).AbandonAsync(null);
    }

    [Fact]
    public async Task Moderately_WithoutThePath_IsLearntFromItsAnswer()
    {
        var connection = Variant.Uncancellable("moderately");
        var target = World.Script(Scripted.Endless);
        World.Far.Faults.Add(new() { Kind = FaultKind.Status, Status = 404, Platform = "moderately", Operation = "cancel", Target = target });
        var id = await World.StartAsync(connection, target);
        var execution = await World.StartedAsync(id);

        await World.Cluster.Execution(id).CancelAsync("enough");
        CommandNotSupportedException? refusal = null;
        await Eventually.Async(
            async () =>
            {
                refusal = await Record.ExceptionAsync(() => World.Cluster.Execution(id).CancelAsync("again")) as CommandNotSupportedException;
                return refusal is not null;
            },
            "the platform's answer is learnt");

        Assert.Equal("cancel_not_supported", refusal!.Code);
        Assert.Single(World.RequestsOf(execution, "cancel"));
        World.LetEnd(target);
        Assert.Equal(ExecutionStatus.Succeeded, (await World.EndAsync(id)).Status);
    }
}
