using Vigil.Grains.Steps;

namespace Vigil.Cluster.Tests.Grains.Steps;

public sealed class StepChangesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Apply_SameStatus_AddsNoHistory()
    {
        var step = StepChanges.Apply(StepChanges.Apply(null, Report(1, StepStatus.Running)), Report(2, StepStatus.Running));

        Assert.Equal([StepStatus.Running], step.History.Select(change => change.Status));
        Assert.Equal(2, step.Version);
    }

    [Fact]
    public void Apply_ManyChanges_KeepsTheLast32()
    {
        Step? step = null;
        for (var version = 1; version <= 50; version++)
        {
            step = StepChanges.Apply(step, Report(version, version % 2 == 0 ? StepStatus.Running : StepStatus.Pending));
        }

        Assert.Equal(32, step!.History.Length);
        Assert.Equal(Start.AddSeconds(50), step.History[^1].At);
        Assert.Equal(Start.AddSeconds(19), step.History[0].At);
    }

    [Fact]
    public void Apply_LongBody_IsCutToAJsonStringWithinTheLimit()
    {
        var body = JsonSerializer.Serialize(new { text = string.Concat(Enumerable.Repeat("\"ü€😀", 20_000)) });

        var output = StepChanges.Apply(null, Report(1, StepStatus.Succeeded, body)).Output!;

        Assert.InRange(Encoding.UTF8.GetByteCount(output), (64 * 1024) - 16, 64 * 1024);
        var kept = JsonSerializer.Deserialize<string>(output)!;
        Assert.StartsWith(kept, body, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_LaterReportWithoutBodies_KeepsThoseOfTheAttempt()
    {
        var step = StepChanges.Apply(StepChanges.Apply(null, Report(1, StepStatus.Running, "{}")), Report(2, StepStatus.Succeeded));
        var nextAttempt = StepChanges.Apply(step, Report(3, StepStatus.Running) with { Attempt = 2 });

        Assert.Equal("{}", step.Output);
        Assert.Null(nextAttempt.Output);
        Assert.Equal([1, 1, 2], nextAttempt.History.Select(change => change.Attempt));
    }

    private static StepReport Report(long version, StepStatus status, string? output = null) => new(
        "run-1", Attempt: 1, version, Start.AddSeconds(version), new() { Id = "s", Name = "s", Status = status, Output = output });
}
