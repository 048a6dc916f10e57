using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Observers;

[Collection(ClusterCollection.Name)]
public sealed class ObserverTests(ClusterFixture fixture)
{
    private readonly VigilCluster _cluster = fixture.Cluster;
    private readonly string _id = VigilCluster.NewId();

    [Fact]
    public async Task Subscribe_Late_ReturnsWhatIsCommittedAtOnce()
    {
        await StartAsync();
        _cluster.Platform.Set(_id, ExecutionStatus.Failed);
        await _cluster.Store.EventsUntilEndAsync(_id);

        var observer = new RecordingObserver();
        var committed = await Execution.SubscribeAsync(Reference(observer));

        Assert.Equal(ExecutionStatus.Failed, committed.Status);
        GC.KeepAlive(observer);
    }

    [Fact]
    public async Task Subscribe_WhileRunning_IsToldWhatComesAfterTheAnswer()
    {
        await StartAsync();
        var observer = new RecordingObserver();
        var committed = await Execution.SubscribeAsync(Reference(observer));

        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded);
        var told = await observer.NextAsync("the end");

        Assert.Equal((ExecutionEventTypes.Ended, ExecutionStatus.Succeeded), (told.Type, told.Execution.Status));
        Assert.Equal("""{"answer":42}""", told.Execution.Output);
        Assert.Equal($"{_id}/{told.Version}", told.Id);
        Assert.True(told.Version > committed.Version);

        // Told after the write: what was told is what is stored.
        var events = await _cluster.Store.EventsUntilEndAsync(_id);
        Assert.Equal((told.Version, told.At), (events[^1].Version, events[^1].At));
    }

    [Fact]
    public async Task Observer_ThatHangs_HoldsNobody()
    {
        await StartAsync();
        var never = new TaskCompletionSource();
        var hung = new RecordingObserver(never.Task);
        var observer = new RecordingObserver();
        await Execution.SubscribeAsync(Reference(hung));
        await Execution.SubscribeAsync(Reference(observer));

        _cluster.Platform.Set(_id, ExecutionStatus.AwaitingInput);
        await observer.NextAsync("the pause");
        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded);
        await Execution.NudgeAsync();
        await observer.NextAsync("the end");

        Assert.Equal(ExecutionStatus.Succeeded, (await Execution.GetAsync()).Status);
        Assert.True(hung.Told > 0);
        never.SetResult();
    }

    [Fact]
    public async Task Unsubscribe_IsToldNoMore()
    {
        await StartAsync();
        var gone = new RecordingObserver();
        var observer = new RecordingObserver();
        var reference = Reference(gone);
        await Execution.SubscribeAsync(reference);
        await Execution.SubscribeAsync(Reference(observer));
        await Execution.UnsubscribeAsync(reference);

        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded);
        await Execution.NudgeAsync();
        await observer.NextAsync("the end");

        Assert.Equal(0, gone.Told);
    }

    private IExecutionGrain Execution => _cluster.Execution(_id);

    private IExecutionObserver Reference(IExecutionObserver observer) => _cluster.Grains.CreateObjectReference<IExecutionObserver>(observer);

    private async Task StartAsync()
    {
        await Execution.StartAsync(VigilCluster.Request());
        await _cluster.Store.EventsUntilAsync(_id, stored => stored.Type == ExecutionEventTypes.Started, "the start");
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 1, "the run was polled twice");
    }
}
