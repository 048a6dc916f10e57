using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated.Capabilities;

/// <summary>Steps: each platform tells them in its own way, and each becomes a step grain's; manifest tells none.</summary>
public sealed class StepsTests(PlatformsFixture fixture) : CapabilityTests(fixture)
{
    private static readonly RunScript FailsInTheThird = Scripted.Paced(0.3, StockScripts.Fail);

    [Fact]
    public async Task Agentic_StepsWithTheirKindAndFailure()
    {
        var steps = await StepsOfAsync("agentic");

        Assert.Equal(["Team", "Delegate", "Team"], steps.Select(step => step.Kind!));
        Assert.Equal([StepStatus.Succeeded, StepStatus.Succeeded, StepStatus.Failed], steps.Select(step => step.Status));
        Assert.Equal(["Complete", "Complete", "Failed"], steps.Select(step => step.RawStatus!));
        Assert.Equal(new ExecutionFailure("The mail connection has expired.", "Reconnect the account and run it again."), steps[2].Failure);
    }

    [Fact]
    public async Task Moderately_ThoughtsAsSteps()
    {
        var steps = await StepsOfAsync("moderately");

        // A step that began and ended between two polls is known by its number alone.
        Assert.Equal(Names(3).Select((name, i) => steps[i].Name == $"{i + 1}" && i < 2 ? $"{i + 1}" : name), steps.Select(step => step.Name));
        Assert.Equal([StepStatus.Succeeded, StepStatus.Succeeded, StepStatus.Failed], steps.Select(step => step.Status));
        Assert.All(steps, step => Assert.NotNull(step.StartedAt));
    }

    [Fact]
    public async Task GloriaMundo_ProgressAsSteps()
    {
        var steps = await StepsOfAsync("gloriamundo");

        // A step that began and ended between two polls is known by its number alone.
        Assert.Equal(Names(3).Select((name, i) => steps[i].Name == $"{i + 1}" && i < 2 ? $"{i + 1}" : name), steps.Select(step => step.Name));
        Assert.Equal([StepStatus.Succeeded, StepStatus.Succeeded, StepStatus.Failed], steps.Select(step => step.Status));
        Assert.Equal("The mail connection has expired.", steps[2].Failure?.Reason);
    }

    [Fact]
    public async Task Cognite_TasksWithWhatTheyDependOn()
    {
        var steps = await StepsOfAsync("cognite", new RunScript
        {
            Steps =
            [
                new() { Name = "fetch", Kind = "function", Duration = new() { Seconds = 0.1 } },
                new() { Name = "clean", Kind = "transformation", DependsOn = ["fetch"], Duration = new() { Seconds = 0.1 } },
                new() { Name = "count", Kind = "cdf", DependsOn = ["fetch"], Duration = new() { Seconds = 0.1 }, Fails = true, Optional = true, Reason = "no matter" },
                new() { Name = "publish", Kind = "simulation", DependsOn = ["clean", "count"], Duration = new() { Seconds = 0.1 }, Fails = true, Reason = "too hot" },
            ],
        });

        Assert.Equal(["fetch", "clean", "count", "publish"], steps.Select(step => step.Name));
        Assert.Equal(["function", "transformation", "cdf", "simulation"], steps.Select(step => step.Kind!));
        Assert.Equal(
            [StepStatus.Succeeded, StepStatus.Succeeded, StepStatus.SucceededWithErrors, StepStatus.Failed], steps.Select(step => step.Status));
        Assert.Equal("too hot", steps[3].Failure?.Reason);
        Assert.Empty(steps[0].DependsOn);
        Assert.Equal(["clean", "count"], steps[3].DependsOn.AsEnumerable());
    }

    [Fact]
    public async Task Manifest_HasNone() => Assert.Empty(await StepsOfAsync("manifest"));

    private static IEnumerable<string> Names(int count) => StockScripts.Ok.Steps.Take(count).Select(step => step.Name);

    private async Task<Step[]> StepsOfAsync(string platform, RunScript? script = null)
    {
        var execution = await World.RunAsync(platform, script ?? FailsInTheThird);
        Assert.Equal(ExecutionStatus.Failed, execution.Status);
        return [.. (await World.Reader.ListStepsAsync(execution.Id)).Items];
    }
}
