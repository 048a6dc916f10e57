using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>Platforms whose clocks run apart: what executions tell is by our clock all the same, and the ledger says what is true.</summary>
[Collection(AloneCollection.Name)]
public sealed class ClockSkewTests : IAsyncLifetime
{
    // Of ten minutes; a slow first answer makes the difference known to no better than half of what it took, and a busy machine answers slowly.
    private static readonly TimeSpan Exactness = TimeSpan.FromMinutes(2);

    private PlatformWorld _world = null!;

    public async Task InitializeAsync() => _world = await PlatformWorld.StartAsync(SimulatedConnections.ToAll);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task Executions_TellTimesAndLagByOurClock(double skewSeconds)
    {
        _world.Far.Faults.Add(new() { Kind = FaultKind.ClockSkew, SkewSeconds = skewSeconds });
        var target = _world.Script(Scripted.Paced());

        string[] ids = await Task.WhenAll(SimulatedConnections.Platforms.Select(platform => _world.StartAsync(platform, target)));

        foreach (var id in ids)
        {
            var execution = await _world.EndAsync(id);
            var truth = _world.TruthOf(execution);
            Assert.Equal(ExecutionStatus.Succeeded, execution.Status);
            AssertNear(truth.AcceptedAt, execution.StartedAt);
            AssertNear(truth.EndedAt, execution.EndedAt);
            Assert.InRange(execution.LagMs!.Value, 0, (long)Patience.Long.TotalMilliseconds);
            foreach (var step in (await _world.Reader.ListStepsAsync(execution.Id)).Items)
            {
                AssertWithin(truth, step.StartedAt);
                AssertWithin(truth, step.EndedAt);
            }
        }
    }

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task Retry_TellsTheEndBeforeFromItsOwn(double skewSeconds)
    {
        _world.Far.Faults.Add(new() { Kind = FaultKind.ClockSkew, SkewSeconds = skewSeconds });
        var id = await _world.StartAsync("cognite", _world.Script(Scripted.FailsOnce));
        var failed = await _world.EndAsync(id);

        await _world.Cluster.Execution(id).RetryAsync();
        var retried = await _world.EndAsync(id, attempt: 2);

        Assert.Equal((ExecutionStatus.Failed, ExecutionStatus.Succeeded), (failed.Status, retried.Status));
        Assert.NotEqual(failed.EndedAt, retried.EndedAt);
        AssertNear(_world.TruthOf(retried).EndedAt, retried.EndedAt);
    }

    private static void AssertNear(DateTimeOffset? expected, DateTimeOffset? actual) =>
        Assert.InRange(actual!.Value, expected!.Value - Exactness, expected.Value + Exactness);

    private static void AssertWithin(LedgerRun truth, DateTimeOffset? time)
    {
        if (time is { } told)
        {
            Assert.InRange(told, truth.AcceptedAt - Exactness, truth.EndedAt!.Value + Exactness);
        }
    }
}
