using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Queries;
using Vigil.Storage;

namespace Vigil.Cluster.Tests.Grains.Executions;

/// <summary>How often an execution is written, from its start to its end.</summary>
[Collection(ClusterCollection.Name)]
public sealed class WriteCountTests(ClusterFixture fixture)
{
    private readonly VigilCluster _cluster = fixture.Cluster;
    private readonly string _id = VigilCluster.NewId();

    [Fact]
    public async Task Run_WithoutSteps_IsWrittenThreeTimesAndOnceForTheClaim()
    {
        await StartAsync();
        await EndAsync();

        Assert.Equal(3 + 1, Writes());
    }

    [Fact]
    public async Task Run_WithSteps_IsWrittenOnceMoreForThePendingWorkAndOncePerStep()
    {
        await StartAsync();
        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded, [.. Enumerable.Range(1, 70).Select(StepOf)]);
        await _cluster.Store.EventsUntilEndAsync(_id);
        await Eventually.Async(
            async () => await _cluster.Service<ExecutionReader>().FindAsync(_id) is { PendingWork: PendingWork.None }, "nothing is left to do");
        var steps = (await _cluster.Service<ExecutionReader>().ListStepsAsync(_id)).Items;

        Assert.Equal(3 + 1 + 1, Writes());
        Assert.Equal(Enumerable.Range(1, 70).Select(i => $"step {i}"), steps.Select(step => step.Id));
        Assert.All(steps, step => Assert.Equal((StepStatus.Succeeded, "{}"), (step.Status, step.Output)));
        Assert.Equal(70, _cluster.Store.Writes.Count(write => write.Key.Kind == StateKind.Step && write.Key.Id.StartsWith(_id, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Poll_Unchanged_WritesNothing()
    {
        await StartAsync();
        await Polled(times: 3);
        var (writes, version) = (Writes(), (await _cluster.Execution(_id).GetAsync()).Version);

        await Polled(times: 20);

        Assert.Equal(writes, Writes());
        Assert.Equal(version, (await _cluster.Execution(_id).GetAsync()).Version);
    }

    private static StepSnapshot StepOf(int i) => new() { Id = $"step {i}", Name = $"Step {i}", Status = StepStatus.Succeeded, Output = "{}" };

    private int Writes() => _cluster.Store.WritesOf(StateKind.Execution, _id);

    private async Task StartAsync()
    {
        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await Polled(times: 2);
    }

    private Task Polled(int times)
    {
        var before = _cluster.Platform.PollsOf(_id);
        return _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) >= before + times, $"the run was polled {times} times more");
    }

    private async Task EndAsync()
    {
        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded);
        await _cluster.Store.EventsUntilEndAsync(_id);
        await Eventually.Async(
            async () => await _cluster.Service<ExecutionReader>().FindAsync(_id) is { PendingWork: PendingWork.None }, "nothing is left to do");
    }
}
