using System.Text.Json.Nodes;
using Vigil.Grains;
using Vigil.Grains.Executions;
using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle;

public sealed class ExecutionRecordTests
{
    [Fact]
    public void GetSteps_ShortList_StaysInTheRow()
    {
        var record = Record(RunningWith(LifecycleLimits.StepsInRow), storedSteps: 0);

        Assert.Empty(record.GetSteps());
        Assert.Equal(LifecycleLimits.StepsInRow, Row(record)["steps"]!.AsArray().Count);
    }

    [Fact]
    public void GetSteps_ListThatHasBecomeLong_MovesAsAWhole()
    {
        var life = RunningWith(LifecycleLimits.StepsInRow);
        life.After(10).See(Given.Running with { Steps = [Given.Step("new")] });

        var record = Record(life, LifecycleLimits.StepsInRow);

        Assert.Equal(Enumerable.Range(0, LifecycleLimits.StepsInRow + 1), record.GetSteps().Select(step => step.Place));
        Assert.Empty(Row(record)["steps"]!.AsArray());
    }

    [Fact]
    public void GetSteps_OneOfAThousandChanged_IsTheOne()
    {
        var life = RunningWith(1_000);
        life.After(10).See(Given.Running with { Steps = [Given.Step("s700", StepStatus.Succeeded)] });

        var record = Record(life, storedSteps: 1_000);

        var step = Assert.Single(record.GetSteps());
        Assert.Equal((700, "s700"), (step.Place, (string?)JsonNode.Parse(step.Json.Span)!["summary"]!["id"]));
        Assert.True(JsonSerializer.SerializeToUtf8Bytes(record, GrainStateJson.Default.ExecutionRecord).Length < 2_000);
        Assert.True(record.GetEvent()!.ExecutionJson.Length < 2_000);
    }

    [Fact]
    public void GetSteps_AfterTheyAreRead_MakeTheSameState()
    {
        var life = RunningWith(50).Acknowledge();
        var record = Record(life, storedSteps: 0);
        var row = Row(record);
        row["steps"] = new JsonArray([.. record.GetSteps().Select(step => JsonNode.Parse(step.Json.Span))]);
        row["steps"]![40]!["summary"]!["weight"] = 1.25;

        var read = JsonSerializer.Deserialize(row.ToJsonString(), GrainStateJson.Default.ExecutionRecord)!.State!;
        var next = ExecutionLifecycle.Apply(
            read, new LifecycleInput.Observed(Seen(life, Given.Step("s40", StepStatus.Succeeded)), 1, 1), new(life.Now.AddSeconds(10), new(), default)).State;
        var written = Assert.Single(new ExecutionRecord { State = next, Write = Write(storedSteps: 50) }.GetSteps());

        Assert.Equal(life.State.Steps.Select(step => (step.Summary.Id, step.Version)), read.Steps.Select(step => (step.Summary.Id, step.Version)));
        Assert.All(read.Steps, step => Assert.Equal(0, step.Acknowledged));
        Assert.Equal((40, 1.25), (written.Place, (double?)JsonNode.Parse(written.Json.Span)!["summary"]!["weight"]));
    }

    private static Observation Seen(Life life, StepSnapshot step) =>
        new(Given.Running with { Steps = [step] }, life.State.Attempt, life.Now.AddSeconds(10), life.Now.AddSeconds(10));

    private static Life RunningWith(int steps) =>
        Given.RunningFor(20).See(Given.Running with { Steps = [.. Enumerable.Range(0, steps).Select(i => Given.Step($"s{i}"))] });

    private static ExecutionRecord Record(Life life, int storedSteps) => new() { State = life.State, Write = Write(storedSteps) };

    private static ExecutionWrite Write(int storedSteps) => new(ExecutionEventTypes.Updated, Life.Epoch, "silo-1", StoredSteps: storedSteps);

    private static JsonObject Row(ExecutionRecord record) =>
        JsonNode.Parse(JsonSerializer.Serialize(record, GrainStateJson.Default.ExecutionRecord))!.AsObject();
}
