using System.Text.Json.Nodes;
using Vigil.Grains.Executions;
using Vigil.Grains.Lifecycle;
using Vigil.Storage;

namespace Vigil.Tests.Lifecycle;

public sealed class ExecutionWritesTests
{
    [Fact]
    public void Steps_ShortList_StaysInTheRow()
    {
        var write = WriteOf(RunningWith(LifecycleLimits.StepsInRow), storedSteps: 0);

        Assert.Empty(write.Steps);
        Assert.Equal(LifecycleLimits.StepsInRow, Row(write)["steps"]!.AsArray().Count);
    }

    [Fact]
    public void Steps_ListThatHasBecomeLong_MovesAsAWhole()
    {
        var life = RunningWith(LifecycleLimits.StepsInRow);
        life.After(10).See(Given.Running with { Steps = [Given.Step("new")] });

        var write = WriteOf(life, LifecycleLimits.StepsInRow);

        Assert.Equal(Enumerable.Range(0, LifecycleLimits.StepsInRow + 1), write.Steps.Select(step => step.Place));
        Assert.Empty(Row(write)["steps"]!.AsArray());
    }

    [Fact]
    public void Steps_OneOfAThousandChanged_IsTheOne()
    {
        var life = RunningWith(1_000);
        life.After(10).See(Given.Running with { Steps = [Given.Step("s700", StepStatus.Succeeded)] });

        var write = WriteOf(life, storedSteps: 1_000);

        var step = Assert.Single(write.Steps);
        Assert.Equal((700, "s700"), (step.Place, (string?)JsonNode.Parse(step.Json.Span)!["summary"]!["id"]));
        Assert.InRange(write.Json.Length, 1, 2_000);
        Assert.InRange(write.EventJson.Length, 1, 2_000);
    }

    [Fact]
    public void Steps_AfterTheyAreRead_MakeTheSameState()
    {
        var life = RunningWith(50).Acknowledge();
        var write = WriteOf(life, storedSteps: 0);
        var row = Row(write);
        row["steps"] = new JsonArray([.. write.Steps.Select(step => JsonNode.Parse(step.Json.Span))]);
        row["steps"]![40]!["summary"]!["weight"] = 1.25;

        var read = JsonSerializer.Deserialize(row.ToJsonString(), StateJson.Default.ExecutionState)!;
        var next = ExecutionLifecycle.Apply(
            read, new LifecycleInput.Observed(Seen(life, Given.Step("s40", StepStatus.Succeeded)), 1, 1), new(life.Now.AddSeconds(10), new(), default)).State;
        var written = Assert.Single(WriteOf(next, storedSteps: 50).Steps);

        Assert.Equal(life.State.Steps.Select(step => (step.Summary.Id, step.Version)), read.Steps.Select(step => (step.Summary.Id, step.Version)));
        Assert.All(read.Steps, step => Assert.Equal(0, step.Acknowledged));
        Assert.Equal((40, 1.25), (written.Place, (double?)JsonNode.Parse(written.Json.Span)!["summary"]!["weight"]));
    }

    private static Observation Seen(Life life, StepSnapshot step) =>
        new(Given.Running with { Steps = [step] }, life.State.Attempt, life.Now.AddSeconds(10), life.Now.AddSeconds(10));

    private static Life RunningWith(int steps) =>
        Given.RunningFor(20).See(Given.Running with { Steps = [.. Enumerable.Range(0, steps).Select(i => Given.Step($"s{i}"))] });

    private static ExecutionWrite WriteOf(Life life, int storedSteps) => WriteOf(life.State, storedSteps);

    private static ExecutionWrite WriteOf(ExecutionState state, int storedSteps) =>
        ExecutionWrites.Of(state, new(ExecutionEventTypes.Updated), Life.Epoch, "silo-1", storedSteps);

    private static JsonObject Row(ExecutionWrite write) => JsonNode.Parse(write.Json.Span)!.AsObject();
}
