using System.Threading.Channels;
using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Cluster.Tests.OrleansAssumptions.Support;

namespace Vigil.Cluster.Tests.OrleansAssumptions;

[Collection(AssumptionsCollection.Name)]
public sealed class ObserverTests(OneSilo cluster)
{
    /// <summary><c>ExecutionGrain.Tell</c> awaits no observer, and an observer whose client is gone is forgotten with its lease.</summary>
    [Fact]
    public async Task Observer_ThatHangs_HoldsNobody_AndItsLeaseExpires()
    {
        var grain = cluster.NewGrain();
        var (hung, observer) = (new Observer(new TaskCompletionSource().Task), new Observer(Task.CompletedTask));
        var reference = cluster.Host.Client.CreateObjectReference<IProbeObserver>(observer);
        await grain.SubscribeAsync(cluster.Host.Client.CreateObjectReference<IProbeObserver>(hung));
        await grain.SubscribeAsync(reference);

        await grain.TellAsync("first");
        Assert.Equal("first", await hung.NextAsync());
        Assert.Equal("first", await observer.NextAsync());

        cluster.Time.Forward(TimeSpan.FromSeconds(61));
        await grain.SubscribeAsync(reference);
        await grain.TellAsync("second");
        Assert.Equal("second", await observer.NextAsync());
        Assert.Equal(1, await grain.TellAsync("third"));
        GC.KeepAlive(hung);
    }

    private sealed class Observer(Task before) : IProbeObserver
    {
        private readonly Channel<string> _news = Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => _news.Reader.ReadAsync().AsTask().OrFailAsync("The observer was told nothing.");

        public Task OnNewsAsync(string news)
        {
            _news.Writer.TryWrite(news);
            return before;
        }
    }
}
