namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>One by id: every platform tells of a single run, and every request for it names that run alone.</summary>
public sealed class OneByIdTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    [Theory]
    [InlineData("agentic")]
    [InlineData("moderately")]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    [InlineData("cognite")]
    public async Task Run_IsAskedForByItsId(string platform)
    {
        var execution = await World.RunAsync(platform, Scripted.Paced());

        var asked = World.RequestsOf(execution, "status");
        Assert.Equal((ExecutionStatus.Succeeded, platform), (execution.Status, execution.Platform));
        Assert.NotEmpty(asked);
        Assert.All(asked, request => Assert.Equal([execution.RemoteId!], request.RunIds));
        Assert.Equal(asked.Count, World.TruthOf(execution).Polls);
    }

    [Theory]
    [InlineData("agentic")]
    [InlineData("moderately")]
    [InlineData("manifest")]
    [InlineData("gloriamundo")]
    [InlineData("cognite")]
    public async Task Run_NobodyKnows_IsToldToBeUnknown(string platform) =>
        Assert.Null(await World.Cluster.Grains.GetGrain<IQueryGrain>(IQueryGrain.Key).ObserveAsync(
            new() { Connection = platform, RemoteId = "00000000-0000-4000-8000-000000000000" }, CancellationToken.None));
}
