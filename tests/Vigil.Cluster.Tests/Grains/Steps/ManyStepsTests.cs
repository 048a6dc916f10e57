using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Lifecycle;
using Vigil.Grains.Queries;
using Vigil.Storage;

namespace Vigil.Cluster.Tests.Grains.Steps;

/// <summary>Runs with more steps than an execution's own row holds.</summary>
[Collection(ClusterCollection.Name)]
public sealed class ManyStepsTests(ClusterFixture fixture)
{
    private readonly VigilCluster _cluster = fixture.Cluster;
    private readonly string _id = VigilCluster.NewId();

    private ExecutionReader Reader => _cluster.Service<ExecutionReader>();

    [Fact]
    public async Task Run_WithTwelveThousandSteps_KeepsTenThousandAndTellsTheTrueNumber()
    {
        await StartAsync(steps: 12_000);

        var execution = (await Reader.FindAsync(_id))!;
        Assert.Equal((Execution.MaxSteps, 12_000, true), (execution.Steps.Length, execution.StepsTotal, execution.StepsTruncated));

        var page = await Reader.ListStepsAsync(_id, StepList.MaxPageSize);
        Assert.Equal((12_000, true), (page.StepsTotal, page.StepsTruncated));
        var ids = page.Items.Select(step => step.Id).ToList();
        while (page.NextCursor is { } cursor)
        {
            page = await Reader.ListStepsAsync(_id, StepList.MaxPageSize, cursor);
            ids.AddRange(page.Items.Select(step => step.Id));
        }

        Assert.Equal(Enumerable.Range(0, LifecycleLimits.Steps).Select(i => $"s{i}"), ids);
    }

    [Fact]
    public async Task Run_OneOfManyStepsChanges_StoresAndTellsThatOneAlone()
    {
        var steps = await StartAsync(steps: 200);

        steps[150] = StepOf(150, StepStatus.Running);
        var told = await SeeAsync(steps, changed: 1);

        var write = Assert.Single(_cluster.Store.Writes.OfType<ExecutionWrite>(), write => write.Id == _id && write.Version == told.Version);
        Assert.Equal(150, Assert.Single(write.Steps).Place);
        Assert.Equal(("s150", 200, false), (Assert.Single(told.Steps).Id, told.StepsTotal, told.StepsTruncated));
        Assert.Equal("s150", Assert.Single((await _cluster.StoredAsync(_id)).Steps, step => step.Status == StepStatus.Running).Id);
    }

    [Fact]
    public async Task List_ExecutionWithManySteps_LeavesThemOutAndSaysSo()
    {
        await StartAsync(steps: 200);

        var listed = (await Reader.ListAsync(new() { PageSize = RequestLimits.MaxPageSize })).Items.Single(item => item.Id == _id);

        Assert.Equal((0, 200, true), (listed.Steps.Length, listed.StepsTotal, listed.StepsTruncated));
    }

    private static StepSnapshot StepOf(int i, StepStatus status) => new() { Id = $"s{i}", Name = $"Step {i}", Status = status };

    private async Task<StepSnapshot[]> StartAsync(int steps)
    {
        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        var all = Enumerable.Range(0, steps).Select(i => StepOf(i, StepStatus.Pending)).ToArray();
        await SeeAsync(all, changed: Math.Min(steps, Execution.MaxSteps));
        return all;
    }

    /// <summary>Has the platform tell the steps, and returns what was then told of those that changed.</summary>
    private async Task<Execution> SeeAsync(StepSnapshot[] steps, int changed)
    {
        // Progress is stored at most every five seconds.
        _cluster.Time.Forward(TimeSpan.FromSeconds(10));
        _cluster.Platform.Set(_id, ExecutionStatus.Running, steps);
        var events = await _cluster.Store.EventsUntilAsync(_id, stored => Told(stored).Steps.Length == changed, $"{changed} steps have changed");
        return Told(events.Last(stored => Told(stored).Steps.Length == changed));
    }

    private static Execution Told(StoredEvent stored) => JsonSerializer.Deserialize(stored.ExecutionJson.Span, VigilJson.Default.Execution)!;
}
