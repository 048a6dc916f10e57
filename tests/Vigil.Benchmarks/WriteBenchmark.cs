using System.Diagnostics;
using Vigil.Grains.Executions;
using Vigil.Grains.Lifecycle;

namespace Vigil.Benchmarks;

/// <summary>What one write of an execution costs before it reaches the store: with its event, which is a document of its own, and without.</summary>
internal static class WriteBenchmark
{
    private const int Writes = 100_000;
    private const int Rounds = 5;

    public static int Run()
    {
        var state = Running(steps: 10);
        Console.WriteLine($"{Environment.ProcessorCount} cores; median of {Rounds} rounds of {Writes:N0} writes of an execution with {state.Steps.Length} steps");
        foreach (var (name, change) in new (string, LifecycleEffect.Persist)[]
        {
            ("state alone", new(EventType: null)),
            ("state and event", new(ExecutionEventTypes.Updated)),
        })
        {
            var write = ExecutionWrites.Of(state, change, state.AcceptedAt, "silo", storedSteps: 0);
            Time(state, change);
            var micros = Enumerable.Range(0, Rounds).Select(_ => Time(state, change)).Order().ElementAt(Rounds / 2);
            Console.WriteLine($"{name,-16} {micros:F2} µs, {write.Json.Length:N0} and {write.EventJson.Length:N0} bytes");
        }

        return 0;
    }

    private static double Time(ExecutionState state, LifecycleEffect.Persist change)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Writes; i++)
        {
            ExecutionWrites.Of(state, change, state.AcceptedAt, "silo", storedSteps: 0);
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / Writes;
    }

    private static ExecutionState Running(int steps)
    {
        var now = TimeProvider.System.GetUtcNow();
        var request = new StartExecution { Connection = "main", Target = new("workflow", "wf-1"), Input = """{"a":1}""" };
        LifecycleInput[] inputs =
        [
            new LifecycleInput.Start("0193f3f0-0000-7000-8000-000000000001", "cognite", request, new('0', 64)),
            new LifecycleInput.Claim("silo"),
            new LifecycleInput.Confirmed(1, new("run-1"), now, now),
            new LifecycleInput.Observed(new(Observed(steps), 1, now, now), RequestShare: 1, Polls: 1),
        ];
        ExecutionState? state = null;
        foreach (var input in inputs)
        {
            state = ExecutionLifecycle.Apply(state, input, new(now, new(), default)).State;
        }

        return state!;
    }

    private static Snapshot Observed(int steps) => new()
    {
        Status = ExecutionStatus.Running,
        RawStatus = "RUNNING",
        Steps = [.. Enumerable.Range(1, steps).Select(n => new StepSnapshot { Id = $"task-{n}", Name = $"Task {n}", Status = StepStatus.Running, RawStatus = "IN_PROGRESS" })],
    };
}
