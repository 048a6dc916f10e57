using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Delivery;

[Collection(ClusterCollection.Name)]
public sealed class SubscriberTests(ClusterFixture fixture)
{
    private readonly VigilCluster _cluster = fixture.Cluster;
    private readonly string _id = VigilCluster.NewId();

    [Fact]
    public async Task Subscriber_IsToldEveryEventInOrder()
    {
        var told = await RunAsync(refusals: 0);

        Assert.Equal(
            [ExecutionEventTypes.Accepted, ExecutionEventTypes.Started, ExecutionEventTypes.Ended],
            told.Select(telling => telling.Event.Type));
        Assert.Equal(told.Select(telling => telling.Event.Seq).Order(), told.Select(telling => telling.Event.Seq));
    }

    [Fact]
    public async Task Subscriber_ThatRefuses_IsToldAgainUnderTheSameIdWithTheSameContent()
    {
        var told = await RunAsync(refusals: 2);

        var first = told.Take(3).Select(telling => telling.Event).ToArray();
        Assert.Equal([false, false, true, true, true], told.Select(telling => telling.Taken));
        Assert.All(first, again => Assert.Equal((first[0].Id, first[0].Seq, first[0].At), (again.Id, again.Seq, again.At)));
        Assert.All(first, again => Assert.Equal(Json(first[0]), Json(again)));
        Assert.Equal(told.Select(telling => telling.Event.Version).Order(), told.Select(telling => telling.Event.Version));
    }

    [Fact]
    public async Task End_BringsTheOutput()
    {
        var end = (await RunAsync(refusals: 0))[^1].Event.Execution;

        Assert.Equal(("""{"answer":42}""", 13), (end.Output, end.OutputBytes));
    }

    /// <summary>The row has the output already, and every waiting client reads all events.</summary>
    [Fact]
    public async Task End_WithALongOutput_SaysHowLongItIs()
    {
        var output = $"\"{new string('x', 64 * 1024)}\"";

        var end = (await RunAsync(refusals: 0, output))[^1].Event.Execution;

        Assert.Equal((null, output.Length, false), (end.Output, end.OutputBytes, end.OutputTruncated));
        Assert.Equal((output, output.Length), ((await _cluster.StoredAsync(_id)).Output, (await _cluster.StoredAsync(_id)).OutputBytes));
        Assert.Equal(output.Length, (await _cluster.Execution(_id).GetAsync()).OutputBytes);
    }

    private static string Json(ExecutionEvent told) => System.Text.Json.JsonSerializer.Serialize(told, VigilJson.Default.ExecutionEvent);

    private async Task<Telling[]> RunAsync(int refusals, string? output = null)
    {
        var key = $"{_id}.{refusals}";
        await _cluster.Execution(_id).StartAsync(VigilCluster.Request(subscribers: SubscriberGrain.Of(_cluster.Grains, key)));
        await _cluster.Platform.WaitForAsync(platform => platform.PollsOf(_id) > 0, "the run was polled");
        var succeeded = ScriptedPlatform.SnapshotOf(ExecutionStatus.Succeeded);
        _cluster.Platform.Set(_id, succeeded with { Output = output ?? succeeded.Output });
        await Eventually.Async(
            () => SubscriberGrain.ToldTo(key).Any(telling => telling is { Taken: true, Event.Type: ExecutionEventTypes.Ended }),
            "the subscriber took the end");
        return [.. SubscriberGrain.ToldTo(key)];
    }
}
