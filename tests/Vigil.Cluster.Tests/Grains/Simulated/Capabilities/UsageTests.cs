using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Usage: agentic's tokens have fractions, manifest counts tokens, gloriamundo tells what it cost - of failed runs too; the others tell nothing.</summary>
public sealed class UsageTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Theory]
    [InlineData("agentic", 104_726.5, null)]
    [InlineData("manifest", 104_726.5, null)]
    [InlineData("gloriamundo", null, 8.0)]
    [InlineData("moderately", null, null)]
    [InlineData("cognite", null, null)]
    public async Task Run_TellsWhatItUsed(string platform, double? tokens, double? costCents)
    {
        var script = Scripted.Paced(0.05, StockScripts.Fail);
        var whole = script with { Tokens = 104_726.5, CostCents = 8, Steps = [.. script.Steps.Take(3)] };

        var execution = await World.RunAsync(platform, whole);

        Assert.Equal(ExecutionStatus.Failed, execution.Status);
        Assert.Equal(tokens is null && costCents is null ? null : new ExecutionUsage(tokens, costCents), execution.Usage);
    }
}
