using Vigil.Cluster.Tests.Grains.Delivery;
using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Executions;

/// <summary>The limits of a request hold for a grain call of a co-hosted app as they do over HTTP, and what breaks one stores nothing.</summary>
[Collection(ClusterCollection.Name)]
public sealed class RequestDoorTests(ClusterFixture fixture)
{
    private readonly VigilCluster _cluster = fixture.Cluster;

    public static TheoryData<string, Func<StartExecution, StartExecution>, string[]> Broken => new()
    {
        { "a/b", request => request, ["id"] },
        { "..%2f", request => request, ["id"] },
        { "", request => request with { Metadata = Pairs(200, new string('v', 2000)) }, ["metadata"] },
        { "", request => request with { Metadata = Pairs(1, new string('v', 1025)) }, ["metadata.k0"] },
        { "", request => request with { Target = new("workflow", new string('x', 256)) }, ["target.id"] },
        { "", request => request with { Target = null! }, ["target"] },
        { "", request => request with { Connection = null! }, ["connection"] },
        { "", request => request with { Deadline = TimeSpan.FromDays(31) }, ["deadline_seconds"] },
        { "", request => request with { Deadline = TimeSpan.Zero }, ["deadline_seconds"] },
        { "", request => request with { Input = "[1]" }, ["input"] },
        { "", request => request with { Input = """{"a":"\ud800"}""" }, ["input"] },
        { "", request => request with { Input = $$"""{"a":"{{new string('é', 600_000)}}"}""" }, ["input"] },
        { "b@d", request => request with { Deadline = TimeSpan.Zero, Input = "{" }, ["id", "deadline_seconds", "input"] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Start_BreaksALimit_NamesEveryFieldAndStoresNothing(string id, Func<StartExecution, StartExecution> change, string[] fields)
    {
        var key = id.Length == 0 ? VigilCluster.NewId() : id;

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _cluster.Execution(key).StartAsync(change(VigilCluster.Request())));

        Assert.Equal(fields, error.Errors.Select(broken => broken.Field));
        await Assert.ThrowsAsync<ExecutionNotFoundException>(() => _cluster.Execution(key).GetAsync());
    }

    [Fact]
    public async Task Start_AtEveryLimit_IsAccepted()
    {
        var request = VigilCluster.Request() with
        {
            Metadata = Pairs(RequestLimits.MaxMetadataPairs, new string('v', RequestLimits.MaxMetadataValueLength)),
            Deadline = RequestLimits.MaxDeadline,
            Input = $$"""{"a":"{{new string('x', RequestLimits.MaxInputBytes - 8)}}"}""",
        };

        var result = await _cluster.Execution(new string('k', RequestLimits.MaxIdLength - 32) + Guid.NewGuid().ToString("N")).StartAsync(request);

        Assert.True(result.Created);
    }

    [Fact]
    public async Task Start_RepeatedInOtherWords_IsTheSameRequest()
    {
        var execution = _cluster.Execution(VigilCluster.NewId());
        await execution.StartAsync(VigilCluster.Request(input: """{"a":1,"b":{"c":[1,2]}}"""));

        var again = await execution.StartAsync(VigilCluster.Request(input: """{ "b": {"c": [1, 2]}, "a": 1 }"""));

        Assert.False(again.Created);
        await Assert.ThrowsAsync<ExecutionConflictException>(() => execution.StartAsync(VigilCluster.Request(input: """{"a":1.0,"b":{"c":[1,2]}}""")));
    }

    [Fact]
    public async Task Start_ToldToTheSameSubscribersInAnotherOrderOrTwice_IsTheSameRequest()
    {
        var (one, other) = (SubscriberGrain.Of(_cluster.Grains, "one.0"), SubscriberGrain.Of(_cluster.Grains, "other.0"));
        var execution = _cluster.Execution(VigilCluster.NewId());
        await execution.StartAsync(VigilCluster.Request(subscribers: [one, other]));

        Assert.False((await execution.StartAsync(VigilCluster.Request(subscribers: [other, one, other]))).Created);
        await Assert.ThrowsAsync<ExecutionConflictException>(() => execution.StartAsync(VigilCluster.Request(subscribers: [one])));
    }

    [Fact]
    public async Task Start_ToldToTooMany_IsRefused()
    {
        var subscribers = Enumerable.Range(0, RequestLimits.MaxSubscribers + 1).Select(i => SubscriberGrain.Of(_cluster.Grains, $"{i}.0")).ToArray();

        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _cluster.Execution(VigilCluster.NewId()).StartAsync(VigilCluster.Request(subscribers: subscribers)));

        Assert.Equal("subscribers", Assert.Single(error.Errors).Field);
    }

    /// <summary>An object of this process cannot be told durably, whether it is passed itself or as an observer.</summary>
    [Fact]
    public void Start_ToldToWhatIsNoGrain_IsRefusedAtOnce()
    {
        var local = new LocalSubscriber();
        var observer = _cluster.Grains.CreateObjectReference<ILocalSubscriber>(local);

        Assert.Contains("LocalSubscriber is not a grain", Assert.Throws<ArgumentException>(() => VigilCluster.Request(subscribers: local)).Message, StringComparison.Ordinal);
        Assert.Contains("can only observe", Assert.Throws<ArgumentException>(() => VigilCluster.Request(subscribers: observer)).Message, StringComparison.Ordinal);
        Assert.Contains("null is not a grain", Assert.Throws<ArgumentException>(() => VigilCluster.Request(subscribers: [null!])).Message, StringComparison.Ordinal);
        Assert.Contains("null is not a grain", Assert.Throws<ArgumentException>(() => new AdoptExecution { Connection = "c", RemoteId = "r", Subscribers = [null!] }).Message, StringComparison.Ordinal);
        GC.KeepAlive(local);
    }

    [Fact]
    public async Task CancelAndAbandon_ReasonTooLong_AreRefused()
    {
        var execution = _cluster.Execution(VigilCluster.NewId());
        await execution.StartAsync(VigilCluster.Request());

        var tooLong = new string('r', RequestLimits.MaxReasonLength + 1);

        Assert.Equal("reason", Assert.Single((await Assert.ThrowsAsync<InvalidRequestException>(() => execution.CancelAsync(tooLong))).Errors).Field);
        Assert.Equal("reason", Assert.Single((await Assert.ThrowsAsync<InvalidRequestException>(() => execution.AbandonAsync(tooLong))).Errors).Field);
    }

    [Alias("test.ILocalSubscriber")]
    internal interface ILocalSubscriber : IExecutionSubscriber, IGrainObserver;

    private sealed class LocalSubscriber : ILocalSubscriber
    {
        public Task OnEventAsync(ExecutionEvent executionEvent) => Task.CompletedTask;
    }

    private static ImmutableDictionary<string, string> Pairs(int count, string value) =>
        Enumerable.Range(0, count).ToImmutableDictionary(i => $"k{i}", _ => value);
}
