using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Executions;

/// <summary>A platform whose answer does not come holds nobody but the run that was asked about. How fast the others are is a benchmark's question.</summary>
[Collection(AloneCollection.Name)]
public sealed class SlowPlatformTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _answers = new();
    private readonly string _id = VigilCluster.NewId();
    private VigilCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await VigilCluster.StartAsync();

    public async Task DisposeAsync()
    {
        _answers.SetResult();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Deadline_WhileAnAnswerDoesNotCome_EndsTheExecution()
    {
        HoldAnswers();

        await _cluster.Execution(_id).StartAsync(VigilCluster.Request(deadline: TimeSpan.FromSeconds(3)));
        await _cluster.Store.EventsUntilEndAsync(_id);

        Assert.Equal(ExecutionStatus.Abandoned, (await _cluster.StoredAsync(_id)).Status);
    }

    [Fact]
    public async Task Get_WhileAnAnswerDoesNotCome_Answers()
    {
        HoldAnswers();
        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 0, "the run was polled");

        var execution = await _cluster.Execution(_id).GetAsync().OrFailAsync("The execution waits for its platform.");
        var abandoned = await _cluster.Execution(_id).AbandonAsync(null).OrFailAsync("A command waits for the platform.");

        Assert.False(execution.Terminal);
        Assert.Equal(ExecutionStatus.Abandoned, abandoned.Status);
    }

    [Fact]
    public async Task Poll_WhileAnotherRunsAnswerDoesNotCome_GoesOn()
    {
        HoldAnswers();
        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 0, "the run was polled");
        _cluster.Platform.BeforeAnswer = _ => Task.CompletedTask;

        var other = VigilCluster.NewId();
        await _cluster.Execution(other).StartAsync(VigilCluster.Request());
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(other) > 5, "the other run was polled again and again");
    }

    private void HoldAnswers() => _cluster.Platform.BeforeAnswer = _answers.Task.WaitAsync;
}
