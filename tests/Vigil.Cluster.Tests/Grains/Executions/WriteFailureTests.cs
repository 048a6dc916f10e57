using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Storage;

namespace Vigil.Cluster.Tests.Grains.Executions;

[Collection(ClusterCollection.Name)]
public sealed class WriteFailureTests(ClusterFixture fixture) : IDisposable
{
    private readonly VigilCluster _cluster = fixture.Cluster;
    private readonly string _id = VigilCluster.NewId();
    private int _failures;

    public void Dispose()
    {
        _cluster.Store.BeforeWrite = _ => { };
        _cluster.Store.AfterWrite = _ => { };
    }

    [Fact]
    public async Task Accept_WriteFails_NothingIsSentAndTheRepeatIsAccepted()
    {
        _cluster.Store.BeforeWrite = FailOnce(write => write.EventType == ExecutionEventTypes.Accepted);

        await Assert.ThrowsAnyAsync<OrleansException>(() => _cluster.Execution(_id).StartAsync(VigilCluster.Request()));
        Assert.Equal(0, Starts());
        var repeated = await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await EndAsync();

        Assert.True(repeated.Created);
        Assert.Equal(1, Starts());
    }

    [Fact]
    public async Task Accept_WriteLandsAndIsReportedAsFailed_TheRepeatFindsIt()
    {
        _cluster.Store.AfterWrite = FailOnce(write => write.EventType == ExecutionEventTypes.Accepted);

        await Assert.ThrowsAnyAsync<OrleansException>(() => _cluster.Execution(_id).StartAsync(VigilCluster.Request()));
        var repeated = await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await EndAsync();

        Assert.False(repeated.Created);
        Assert.Equal(1, Starts());
    }

    [Fact]
    public async Task Claim_WriteFails_NothingIsSentForIt()
    {
        var startedAtFailure = -1;
        _cluster.Store.BeforeWrite = FailOnce(IsClaim, () => startedAtFailure = Starts());

        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await EndAsync();

        Assert.Equal(0, startedAtFailure);
        Assert.Equal(1, Starts());
    }

    [Fact]
    public async Task Claim_WriteLandsAndIsReportedAsFailed_IsSentOnce()
    {
        _cluster.Store.AfterWrite = FailOnce(IsClaim);

        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await EndAsync();

        Assert.Equal(1, _failures);
        Assert.Equal(1, Starts());
    }

    [Fact]
    public async Task Started_WriteFails_TheConfirmationIsNotLost()
    {
        _cluster.Store.BeforeWrite = FailOnce(write => write.EventType == ExecutionEventTypes.Started);

        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        var events = await EndAsync();

        Assert.Equal(1, _failures);
        Assert.Equal(1, Starts());
        Assert.Single(events, stored => stored.Type == ExecutionEventTypes.Started);
    }

    [Fact]
    public async Task Started_CannotBeWrittenForLongerThanAnAnswerIsAwaited_IsNotLost()
    {
        var failing = true;
        _cluster.Store.BeforeWrite = write =>
        {
            if (failing && write is ExecutionWrite { EventType: ExecutionEventTypes.Started } started && started.Id == _id)
            {
                Interlocked.Increment(ref _failures);
                throw new StoreException("The database is away.");
            }
        };

        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await Eventually.Async(() => _failures > 0, "the answer could not be stored");
        _cluster.Time.Forward(TimeSpan.FromMinutes(10));
        var before = _failures;
        await Eventually.Async(() => _failures > before + 2, "it is tried again, by activations that woke meanwhile");
        failing = false;
        var events = await EndAsync();

        Assert.Equal(1, Starts());
        Assert.Equal([ExecutionEventTypes.Accepted, ExecutionEventTypes.Started, ExecutionEventTypes.Ended], events.Select(stored => stored.Type).Where(type => type != ExecutionEventTypes.Updated));
    }

    [Fact]
    public async Task End_WriteFails_NobodyIsToldBeforeItIsStored()
    {
        _cluster.Store.BeforeWrite = FailOnce(write => write.EventType == ExecutionEventTypes.Ended);

        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        var events = await EndAsync();

        Assert.Equal(1, _failures);
        Assert.Single(events, stored => stored.Type == ExecutionEventTypes.Ended);
    }

    [Fact]
    public async Task End_WriteLandsAndIsReportedAsFailed_HasOneEndUnderOneId()
    {
        _cluster.Store.AfterWrite = FailOnce(write => write.EventType == ExecutionEventTypes.Ended);

        await _cluster.Execution(_id).StartAsync(VigilCluster.Request());
        await EndAsync();
        await Eventually.Async(async () => (await _cluster.Execution(_id).GetAsync()).Status == ExecutionStatus.Succeeded, "the end is read again");
        var events = await _cluster.Store.EventsUntilEndAsync(_id);

        Assert.Equal(1, _failures);
        Assert.Single(events, stored => stored.Type == ExecutionEventTypes.Ended);
    }

    private static bool IsClaim(ExecutionWrite write) => write is { Status: ExecutionStatus.Submitting, ExpectedETag: not null };

    private int Starts() => _cluster.Platform.Started.Count(start => start.ExecutionId == _id);

    private Action<StateWrite> FailOnce(Func<ExecutionWrite, bool> fits, Action? failing = null) => write =>
    {
        if (write is ExecutionWrite execution && execution.Id == _id && fits(execution) && Interlocked.CompareExchange(ref _failures, 1, 0) == 0)
        {
            failing?.Invoke();
            throw new StoreException("The disk is full.");
        }
    };

    private async Task<IReadOnlyList<StoredEvent>> EndAsync()
    {
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 0, "the run was polled");
        _cluster.Platform.Set(_id, ExecutionStatus.Succeeded);
        return await _cluster.Store.EventsUntilEndAsync(_id);
    }
}
