using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Executions;

/// <summary>The clock of the machine jumps while executions are watched.</summary>
[Collection(AloneCollection.Name)]
public sealed class ClockStepTests
{
    private readonly string _id = VigilCluster.NewId();

    [Fact]
    public async Task ClockBack_AnHour_TheEndIsSeenAllTheSame()
    {
        await using var cluster = await VigilCluster.StartAsync();
        await StartAndPollAsync(cluster);

        cluster.Time.Forward(TimeSpan.FromHours(-1));
        cluster.Platform.Set(_id, ExecutionStatus.Succeeded);

        Assert.Equal(ExecutionEventTypes.Ended, (await cluster.Store.EventsUntilEndAsync(_id))[^1].Type);
    }

    [Fact]
    public async Task ClockForward_BeyondTheDeadline_AbandonsWithoutWaitingForTheTimer()
    {
        await using var cluster = await VigilCluster.StartAsync();
        await StartAndPollAsync(cluster);

        cluster.Time.Forward(TimeSpan.FromHours(2));

        await cluster.Store.EventsUntilEndAsync(_id);
        Assert.Equal(ExecutionStatus.Abandoned, (await cluster.StoredAsync(_id)).Status);
    }

    private async Task StartAndPollAsync(VigilCluster cluster)
    {
        await cluster.Execution(_id).StartAsync(VigilCluster.Request(deadline: TimeSpan.FromHours(1)));
        await cluster.Store.EventsUntilAsync(_id, stored => stored.Type == ExecutionEventTypes.Started, "the start");
        await cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 2, "the run was polled three times");
    }
}
