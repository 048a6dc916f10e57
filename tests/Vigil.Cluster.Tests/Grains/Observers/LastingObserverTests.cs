using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Observers;

/// <summary>Observers of a client over Orleans, while silos die and events come faster than they are read.</summary>
[Collection(AloneCollection.Name)]
public sealed class LastingObserverTests : IAsyncLifetime
{
    private readonly string _target = VigilCluster.NewId();
    private VigilCluster _cluster = null!;
    private IHost _host = null!;

    private IVigilClient Client => _host.Services.GetRequiredService<IVigilClient>();

    private EventFilter OfTarget => new() { TargetId = _target };

    public async Task InitializeAsync()
    {
        _cluster = await VigilCluster.StartAsync(silos: 2);
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSingleton(_cluster.Host.Client).AddVigilClient();
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Observers_WhenASiloIsKilled_AreToldEverythingOnceAndInOrder()
    {
        string[] ids = [.. Enumerable.Range(0, 20).Select(_ => VigilCluster.NewId())];
        var observed = ids.Select(id => AllOfAsync(id)).ToArray();
        var all = UntilEndsAsync(ids.Length, pause: null);
        foreach (var id in ids)
        {
            await Client.StartAsync(VigilCluster.Request(_target), id);
        }

        var waits = ids.Select(id => Client.GetHandle(id).WaitAsync()).ToArray();
        await _cluster.Host.KillAsync(_cluster.Host.Silos[1]);
        foreach (var id in ids)
        {
            _cluster.Platform.Set(id, ExecutionStatus.Succeeded);
        }

        Assert.All(await Task.WhenAll(waits).OrFailAsync("A wait did not end."), ended => Assert.Equal(ExecutionStatus.Succeeded, ended.Status));
        var told = await Task.WhenAll(observed).OrFailAsync("An execution's observer was not told of its end.");
        var toldOfAll = await all.OrFailAsync("The observer of all was not told of every end.");
        var stored = await _cluster.Store.ReadEventsAsync(0, 1000);
        Assert.Equal(IdsOf(stored.Where(one => one.Seq <= toldOfAll[^1].Seq)), toldOfAll.Select(one => one.Id));
        Assert.All(ids.Zip(told), pair => Assert.Equal(
            IdsOf(stored.Where(one => one.ExecutionId == pair.First)).Take(pair.Second.Length), pair.Second.Select(one => one.Id)));
        Assert.All(told, events => Assert.Contains(events, one => one.Type == ExecutionEventTypes.Ended));
    }

    [Fact]
    public async Task SlowObserver_WhileManyEventsCome_MissesNone()
    {
        var slow = new SemaphoreSlim(0);
        var all = UntilEndsAsync(50, slow);
        string[] ids = [.. Enumerable.Range(0, 50).Select(_ => VigilCluster.NewId())];
        foreach (var id in ids)
        {
            await Client.StartAsync(VigilCluster.Request(_target), id);
            _cluster.Platform.Set(id, ExecutionStatus.Succeeded);
        }

        await Task.WhenAll(ids.Select(id => Client.GetHandle(id).WaitAsync())).OrFailAsync("An execution did not end.");
        slow.Release(1000);

        var told = await all.OrFailAsync("The observer was not told of every end.");
        var stored = await _cluster.Store.ReadEventsAsync(0, 1000);
        Assert.Equal(IdsOf(stored.Where(one => one.Seq <= told[^1].Seq)), told.Select(one => one.Id));
    }

    [Fact]
    public async Task EventsThatAreNotKept_AreAGapThatNamesWhereToGoOn()
    {
        var id = VigilCluster.NewId();
        _cluster.Platform.Set(id, ExecutionStatus.Succeeded);
        await Client.StartAsync(VigilCluster.Request(_target), id);
        var stored = await _cluster.Store.EventsUntilEndAsync(id);
        var (first, kept) = (stored[0], stored[^1]);
        _cluster.Store.FirstKept = kept.Seq;

        var ofAll = await Assert.ThrowsAsync<EventsMissedException>(async () => await Client.ObserveAsync(OfTarget, first.Seq).FirstAsync());
        var ofOne = await Assert.ThrowsAsync<EventsMissedException>(async () => await Client.ObserveAsync(id).FirstAsync());

        Assert.Equal((first.Seq, kept.Seq - 1), (ofAll.After, ofAll.Next));
        Assert.Equal((0, kept.Version - 1), (ofOne.After, ofOne.Next));
        Assert.Equal(kept.Seq, (await Client.ObserveAsync(OfTarget, ofAll.Next).FirstAsync()).Seq);
        Assert.Equal(kept.Seq, (await Client.ObserveAsync(OfTarget, afterSeq: 0).FirstAsync()).Seq);
        Assert.Equal(kept.Version, (await Client.ObserveAsync(id, ofOne.Next).FirstAsync()).Version);
    }

    // The execution may be observed before it is started.
    private async Task<ExecutionEvent[]> AllOfAsync(string id)
    {
        await Eventually.Async(async () => (await _cluster.Store.ReadEventsAsync(id, 0, 0, 1)).Length > 0, "the execution was started");
        return await Client.ObserveAsync(id).ToArrayAsync();
    }

    private async Task<List<ExecutionEvent>> UntilEndsAsync(int ends, SemaphoreSlim? pause)
    {
        List<ExecutionEvent> told = [];
        await foreach (var one in Client.ObserveAsync(OfTarget, afterSeq: 0))
        {
            await (pause?.WaitAsync() ?? Task.CompletedTask);
            told.Add(one);
            if (told.Count(seen => seen.Type == ExecutionEventTypes.Ended) == ends)
            {
                break;
            }
        }

        return told;
    }

    private static IEnumerable<string> IdsOf(IEnumerable<StoredEvent> events) => events.Select(one => $"{one.ExecutionId}/{one.Version}");
}
