using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Queries;
using Vigil.Grains.Polling;
using Vigil.Platforms;

namespace Vigil.Cluster.Tests.Grains.Executions;

[Collection(ClusterCollection.Name)]
public sealed class ExecutionLifeTests(ClusterFixture fixture)
{
    private readonly VigilCluster _cluster = fixture.Cluster;
    private readonly string _id = VigilCluster.NewId();

    [Fact]
    public async Task Start_RunThatSucceeds_IsSentPolledEndedAndTold()
    {
        var accepted = await Execution.StartAsync(VigilCluster.Request(input: """{"a":1}"""));
        await _cluster.Store.EventsUntilAsync(_id, stored => stored.Type == ExecutionEventTypes.Started, "the start");
        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded);
        var events = await _cluster.Store.EventsUntilEndAsync(_id);
        var ended = await _cluster.Service<ExecutionReader>().FindAsync(_id);

        Assert.True(accepted.Created);
        Assert.Equal((ExecutionStatus.Submitting, 1), (accepted.Execution.Status, accepted.Execution.Version));
        Assert.Equal("""{"a":1}""", Assert.Single(Starts()).Input);
        Assert.Equal([ExecutionEventTypes.Accepted, ExecutionEventTypes.Started, ExecutionEventTypes.Ended], events.Select(stored => stored.Type));
        Assert.Equal(events.Select(stored => stored.Version).Order().Distinct(), events.Select(stored => stored.Version));
        Assert.Equal((ExecutionStatus.Succeeded, """{"answer":42}"""), (ended!.Status, ended.Output));
        Assert.Equal(ScriptedPlatform.RunOf(_id), ended.RemoteId);
        Assert.Equal(ExecutionStatus.Succeeded, (await Execution.GetAsync()).Status);
    }

    [Fact]
    public async Task Start_SameRequestByMany_StartsOneRun()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Execution.StartAsync(VigilCluster.Request())));
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 2, "the run was polled three times");

        Assert.Single(results, result => result.Created);
        Assert.All(results, result => Assert.Equal(_id, result.Execution.Id));
        Assert.Single(Starts());
    }

    [Fact]
    public async Task Start_SameIdForAnotherRequest_IsAConflict()
    {
        await Execution.StartAsync(VigilCluster.Request());

        var error = await Assert.ThrowsAsync<ExecutionConflictException>(() => Execution.StartAsync(VigilCluster.Request(target: "another")));

        Assert.Equal(_id, error.ExecutionId);
    }

    [Fact]
    public async Task Start_BrokenRequest_StoresNothing()
    {
        await Assert.ThrowsAsync<ConnectionNotFoundException>(() => Execution.StartAsync(VigilCluster.Request() with { Connection = "nowhere" }));
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => Execution.StartAsync(VigilCluster.Request(new('x', 41), deadline: TimeSpan.Zero)));

        Assert.Equal(["deadline_seconds", "target.id"], error.Errors.Select(broken => broken.Field));
        Assert.Null(await _cluster.Service<ExecutionReader>().FindAsync(_id));
        await Assert.ThrowsAsync<ExecutionNotFoundException>(() => Execution.GetAsync());
    }

    [Fact]
    public async Task Cancel_RunningTwice_AsksThePlatformAndEndsAsItReports()
    {
        await StartAndPollAsync();

        await Execution.CancelAsync("enough");
        await Execution.CancelAsync("enough");
        await _cluster.Store.EventsUntilEndAsync(_id);

        Assert.Single(_cluster.Platform.Cancelled, ScriptedPlatform.RunOf(_id));
        Assert.Equal(ExecutionStatus.Cancelled, (await _cluster.StoredAsync(_id)).Status);
    }

    [Fact]
    public async Task Cancel_Succeeded_IsAConflict()
    {
        await StartAndPollAsync();
        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded);
        await _cluster.Store.EventsUntilEndAsync(_id);

        var error = await Assert.ThrowsAsync<ExecutionFinishedException>(() => Execution.CancelAsync(null));

        Assert.Equal((_id, ExecutionStatus.Succeeded), (error.ExecutionId, error.Status));
    }

    [Fact]
    public async Task Abandon_Running_EndsTheWatching()
    {
        await StartAndPollAsync();

        var abandoned = await Execution.AbandonAsync("not needed");

        Assert.Equal(ExecutionStatus.Abandoned, abandoned.Status);
        Assert.False(_cluster.Service<SiloPoller>().Knows(ScriptedPlatform.ConnectionName, _id));
        Assert.Equal(ExecutionStatus.Abandoned, (await Execution.AbandonAsync(null)).Status);
        Assert.DoesNotContain(ScriptedPlatform.RunOf(_id), _cluster.Platform.Cancelled);
    }

    [Fact]
    public async Task Nudge_EndedRunThatRunsAgain_OpensAFurtherAttempt()
    {
        await StartAndPollAsync();
        _cluster.Platform.Set(_id, ExecutionStatus.Failed);
        await _cluster.Store.EventsUntilEndAsync(_id);

        _cluster.Platform.Set(_id, ExecutionStatus.Running);
        await Execution.NudgeAsync();

        await _cluster.Store.EventsUntilAsync(_id, stored => stored.Type == ExecutionEventTypes.Reopened, "the further attempt");
        Assert.Equal(2, (await _cluster.StoredAsync(_id)).Attempt);
    }

    [Fact]
    public async Task End_OfAFurtherAttemptWithoutOutput_DoesNotShowThatOfTheEarlierOne()
    {
        await StartAndPollAsync();
        _cluster.Platform.Set(_id, ScriptedPlatform.SnapshotOf(ExecutionStatus.Failed) with { Output = """{"attempt":1}""" });
        await _cluster.Store.EventsUntilEndAsync(_id);
        Assert.Equal("""{"attempt":1}""", (await _cluster.StoredAsync(_id)).Output);
        _cluster.Platform.Set(_id, ExecutionStatus.Running);
        await Execution.NudgeAsync();
        await _cluster.Store.EventsUntilAsync(_id, stored => stored.Type == ExecutionEventTypes.Reopened, "the further attempt");

        _cluster.Platform.Set(_id, ScriptedPlatform.SnapshotOf(ExecutionStatus.Failed) with { Output = null });
        await _cluster.Store.EventsUntilAsync(_id, stored => stored is { Type: ExecutionEventTypes.Ended, Attempt: 2 }, "its end");

        var ended = await _cluster.StoredAsync(_id);
        Assert.Equal((2, ExecutionStatus.Failed, null, null), (ended.Attempt, ended.Status, ended.Output, ended.OutputBytes));
        Assert.Null(await _cluster.Service<ExecutionReader>().ReadOutputAsync(_id));
    }

    [Fact]
    public async Task Adopt_RunThatAnotherWatches_IsAConflict()
    {
        var request = new AdoptExecution { Connection = ScriptedPlatform.ConnectionName, RemoteId = ScriptedPlatform.RunOf(_id) };
        var look = new Observation(ScriptedPlatform.SnapshotOf(ExecutionStatus.Running), 1, _cluster.Time.GetUtcNow(), _cluster.Time.GetUtcNow());
        _cluster.Platform.Set(_id, ExecutionStatus.Running);

        var adopted = await Execution.AdoptAsync(request, look);
        var again = await Execution.AdoptAsync(request, look);
        var error = await Assert.ThrowsAsync<ExecutionConflictException>(
            () => _cluster.Execution(VigilCluster.NewId()).AdoptAsync(request, look));
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 0, "the adopted run was polled");

        Assert.Equal((true, false), (adopted.Created, again.Created));
        Assert.Equal(_id, error.ExecutionId);
        Assert.Empty(Starts());
    }

    [Fact]
    public async Task Start_RunThatIsAdoptedBeforeItIsConfirmed_IsRejected()
    {
        var other = VigilCluster.NewId();
        _cluster.Platform.BeforeStart = request => request.ExecutionId == _id ? (Task)AdoptAsync(other) : Task.CompletedTask;

        await Execution.StartAsync(VigilCluster.Request());
        await _cluster.Store.EventsUntilEndAsync(_id);
        var rejected = await _cluster.StoredAsync(_id);

        Assert.Equal((ExecutionStatus.Rejected, "run_already_watched"), (rejected.Status, rejected.Failure?.Reason));
        Assert.Single(Starts());
    }

    [Fact]
    public async Task Get_WhileRunning_ShowsFresherProgressUnderTheSameVersion()
    {
        await StartAndPollAsync();
        var before = await Execution.GetAsync();
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > before.Polls + 3, "the run was polled three times more");

        var after = await Execution.GetAsync();

        Assert.Equal(before.Version, after.Version);
        Assert.True(after.ObservedAt > before.ObservedAt);
        Assert.True(after.Polls > before.Polls);
        Assert.NotNull(after.NextPollAt);
    }

    private IExecutionGrain Execution => _cluster.Execution(_id);

    private IEnumerable<RunRequest> Starts() => _cluster.Platform.Started.Where(start => start.ExecutionId == _id);

    private Task<StartResult> AdoptAsync(string id)
    {
        var now = _cluster.Time.GetUtcNow();
        var request = new AdoptExecution { Connection = ScriptedPlatform.ConnectionName, RemoteId = ScriptedPlatform.RunOf(_id) };
        return _cluster.Execution(id).AdoptAsync(request, new(ScriptedPlatform.SnapshotOf(ExecutionStatus.Running), 1, now, now));
    }

    private async Task StartAndPollAsync()
    {
        await Execution.StartAsync(VigilCluster.Request());
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 1, "the run was polled twice");
    }
}
