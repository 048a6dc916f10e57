using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Observers;

/// <summary>Observers hear while they live, hold nobody who does not wait for them, and are forgotten with their lease.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class ObserverTests(ConformanceCluster cluster)
{
    private readonly Watcher _watcher = new();

    [Fact]
    public async Task Subscribed_Hears_UntilUnsubscribed()
    {
        var (grain, reference) = await SubscribedAsync();

        Assert.Equal(1, await grain.TellAsync("news"));
        await _watcher.Journal.HasAsync("news");
        await _watcher.Journal.HasAsync("news again");
        await grain.UnsubscribeAsync(reference);

        Assert.Equal(0, await grain.TellAsync("late news"));
        Assert.DoesNotContain("late news", _watcher.Journal.Entries);
    }

    [Fact]
    public async Task Subscribed_Twice_HearsOnce()
    {
        var (grain, reference) = await SubscribedAsync();

        await grain.SubscribeAsync(reference);

        Assert.Equal(1, await grain.TellAsync("news"));
    }

    [Fact]
    public async Task Lease_NotRenewed_Ends()
    {
        var (grain, _) = await SubscribedAsync();

        cluster.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, await grain.TellAsync("in time"));
        cluster.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(0, await grain.TellAsync("too late"));
        await _watcher.Journal.HasAsync("in time");
        Assert.DoesNotContain("too late", _watcher.Journal.Entries);
    }

    [Fact]
    public async Task Lease_Renewed_GoesOn()
    {
        var (grain, reference) = await SubscribedAsync();

        cluster.Clock.Advance(TimeSpan.FromSeconds(59));
        await grain.SubscribeAsync(reference);
        cluster.Clock.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(1, await grain.TellAsync("news"));
    }

    [Fact]
    public async Task Hung_ToldOneWay_HoldsNobody()
    {
        var (grain, _) = await SubscribedAsync();

        Assert.Equal(1, await grain.TellAsync("hang").Within("a grain whose observer hangs"));
        await _watcher.Gate.ReachedAsync();
        Assert.Equal(1, await grain.TellAsync("more").Within("a grain whose observer hangs"));

        _watcher.Gate.Open();
        await _watcher.Journal.HasAsync("more");
    }

    [Fact]
    public async Task Told_OneAtATime()
    {
        var (grain, _) = await SubscribedAsync();
        await grain.TellAsync("hang one");
        await grain.TellAsync("two");
        await _watcher.Gate.ReachedAsync();

        _watcher.Gate.Open();
        await _watcher.Journal.HasAsync("two again");

        // In which order one-way calls arrive is not promised; that they do not overlap is.
        await _watcher.Journal.HasAsync("hang one ends");
        var entries = _watcher.Journal.Entries.ToList();
        Assert.Equal("hang one ends", entries[entries.IndexOf("hang one") + 1]);
    }

    [Fact]
    public async Task Hung_AndAwaited_HoldsTheGrainUntilTheTimeoutAndIsForgotten()
    {
        var (grain, _) = await SubscribedAsync();

        Assert.Equal(0, await grain.AskSoonAsync("hang").Within("a grain that awaits a hung observer"));

        _watcher.Gate.Open();
    }

    [Fact]
    public async Task Failing_AndAwaited_IsForgotten()
    {
        var (grain, reference) = await SubscribedAsync();

        Assert.Equal("answer to what", await grain.AskOneAsync(reference, "what"));
        Assert.Equal(nameof(InvalidOperationException), await grain.AskOneAsync(reference, "fail"));
        Assert.Equal(0, await grain.AskAsync("fail"));
    }

    [Fact]
    public async Task Deleted_ToldOneWay_IsSilentlyMissed()
    {
        var (grain, reference) = await SubscribedAsync();

        cluster.Client.DeleteObjectReference<IWatcher>(reference);

        Assert.Equal(1, await grain.TellAsync("news").Within("a grain whose observer is gone"));
        Assert.Equal(nameof(TimeoutException), await grain.AskOneSoonAsync(reference, "news"));
        Assert.Empty(_watcher.Journal.Entries);
    }

    [Fact]
    public async Task Unheld_IsCollectedAndMissed()
    {
        var grain = cluster.NewGrain<IObservedGrain>();
        var (reference, watcher) = CreateUnheld();
        Assert.Equal("answer to what", await grain.AskOneAsync(reference, "what"));

        await Patience.UntilAsync(
            () =>
            {
                GC.Collect();
                return Task.FromResult(!watcher.IsAlive);
            },
            "the collection of an observer that nobody holds");

        Assert.Equal(nameof(TimeoutException), await grain.AskOneSoonAsync(reference, "what"));
    }

    [Fact]
    public async Task Reference_PassedOn_ReachesTheObserver()
    {
        var (grain, other) = (cluster.NewGrain<IObservedGrain>(), cluster.NewGrain<IObservedGrain>());
        var reference = cluster.Client.CreateObjectReference<IWatcher>(_watcher);

        await grain.PassOnAsync(other, reference);
        await other.TellAsync("news");

        await _watcher.Journal.HasAsync("news");
    }

    [Fact]
    public async Task Observer_InTheSilo_Hears()
    {
        var grain = cluster.NewGrain<IObservedGrain>();
        var factory = cluster.SiloServices.GetRequiredService<IGrainFactory>();

        await grain.SubscribeAsync(factory.CreateObjectReference<IWatcher>(_watcher));
        await grain.TellAsync("news");

        await _watcher.Journal.HasAsync("news");
    }

    [Fact]
    public async Task Observer_MadeInsideAGrain_IsRefused() =>
        Assert.Equal(nameof(InvalidOperationException), await cluster.NewGrain<IObservedGrain>().ObserveInsideAsync());

    [Fact]
    public void Observer_OfAReference_IsRefused()
    {
        var reference = cluster.Client.CreateObjectReference<IWatcher>(_watcher);

        Assert.Throws<ArgumentException>(() => cluster.Client.CreateObjectReference<IWatcher>(reference));
    }

    [Fact]
    public async Task Object_PassedWithoutAReference_IsRefused()
    {
        var grain = cluster.NewGrain<IObservedGrain>();

        await Assert.ThrowsAsync<NotSupportedException>(async () => await grain.SubscribeAsync(_watcher));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (IWatcher Reference, WeakReference Watcher) CreateUnheld()
    {
        var watcher = new Watcher();
        return (cluster.Client.CreateObjectReference<IWatcher>(watcher), new WeakReference(watcher));
    }

    private async Task<(IObservedGrain Grain, IWatcher Reference)> SubscribedAsync()
    {
        var grain = cluster.NewGrain<IObservedGrain>();
        var reference = cluster.Client.CreateObjectReference<IWatcher>(_watcher);
        await grain.SubscribeAsync(reference);
        return (grain, reference);
    }
}
