using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Concurrency;
using Orleans.Utilities;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Observers;

[Alias("conformance.IWatcher")]
internal interface IWatcher : IGrainObserver
{
    [Alias("Tell"), OneWay]
    Task TellAsync(string news);

    [Alias("TellVoid"), OneWay]
    void TellVoid(string news);

    /// <summary>Tells and waits for the answer.</summary>
    [Alias("Ask")]
    Task<string> AskAsync(string question);

    /// <summary>Tells and waits for the answer, but not long.</summary>
    [Alias("AskSoon"), ResponseTimeout("00:00:00.500")]
    Task<string> AskSoonAsync(string question);
}

/// <summary>Tells those who watch it, for as long as their lease of a minute by the grains' clock holds.</summary>
[Alias("conformance.IObservedGrain")]
internal interface IObservedGrain : IGrainWithStringKey
{
    [Alias("Subscribe")]
    Task SubscribeAsync(IWatcher watcher);

    [Alias("Unsubscribe")]
    Task UnsubscribeAsync(IWatcher watcher);

    /// <summary>Tells all, one-way, and returns how many are left.</summary>
    [Alias("Tell")]
    Task<int> TellAsync(string news);

    /// <summary>Asks all, awaiting each, and returns how many are left.</summary>
    [Alias("Ask")]
    Task<int> AskAsync(string question);

    /// <summary>Asks one and returns its answer, or the type of what it throws.</summary>
    [Alias("AskOne")]
    Task<string> AskOneAsync(IWatcher watcher, string question);

    /// <summary>As <see cref="AskOneAsync"/>, for an answer that will not come.</summary>
    [Alias("AskOneSoon")]
    Task<string> AskOneSoonAsync(IWatcher watcher, string question);

    /// <summary>As <see cref="AskAsync"/>, for answers that will not come.</summary>
    [Alias("AskSoon")]
    Task<int> AskSoonAsync(string question);

    /// <summary>Passes a watcher on to another grain.</summary>
    [Alias("PassOn")]
    Task PassOnAsync(IObservedGrain other, IWatcher watcher);

    /// <summary>Makes itself an observer, which only clients may, and returns the type of what that throws.</summary>
    [Alias("ObserveInside")]
    Task<string> ObserveInsideAsync();
}

internal sealed class ObservedGrain : Grain, IObservedGrain
{
    private readonly ObserverManager<IWatcher> _watchers;

    public ObservedGrain([Microsoft.Extensions.DependencyInjection.FromKeyedServices(TimeProviderNames.Grains)] TimeProvider time) =>
        _watchers = new ObserverManager<IWatcher>(TimeSpan.FromMinutes(1), NullLogger.Instance) { GetDateTime = () => time.GetUtcNow().UtcDateTime };

    public Task SubscribeAsync(IWatcher watcher)
    {
        _watchers.Subscribe(watcher, watcher);
        return Task.CompletedTask;
    }

    public Task UnsubscribeAsync(IWatcher watcher)
    {
        _watchers.Unsubscribe(watcher);
        return Task.CompletedTask;
    }

    public async Task<int> TellAsync(string news)
    {
        await _watchers.Notify(watcher => watcher.TellAsync(news));
        _watchers.Notify(watcher => watcher.TellVoid($"{news} again"));
        return _watchers.Count;
    }

    public async Task<int> AskAsync(string question)
    {
        await _watchers.Notify(watcher => watcher.AskAsync(question));
        return _watchers.Count;
    }

    public async Task<int> AskSoonAsync(string question)
    {
        await _watchers.Notify(watcher => watcher.AskSoonAsync(question));
        return _watchers.Count;
    }

    public Task<string> AskOneAsync(IWatcher watcher, string question) => OutcomeAsync(watcher.AskAsync(question));

    public Task<string> AskOneSoonAsync(IWatcher watcher, string question) => OutcomeAsync(watcher.AskSoonAsync(question));

    public Task PassOnAsync(IObservedGrain other, IWatcher watcher) => other.SubscribeAsync(watcher);

    public Task<string> ObserveInsideAsync()
    {
        try
        {
            GrainFactory.CreateObjectReference<IWatcher>(new Watcher());
            return Task.FromResult("nothing");
        }
        catch (InvalidOperationException exception)
        {
            return Task.FromResult(exception.GetType().Name);
        }
    }

    private static async Task<string> OutcomeAsync(Task<string> answer)
    {
        try
        {
            return await answer;
        }
        catch (Exception exception) when (exception is TimeoutException or InvalidOperationException)
        {
            return exception.GetType().Name;
        }
    }
}

internal sealed class Watcher : IWatcher
{
    internal Journal Journal { get; } = new();

    internal Gate Gate { get; } = new();

    public Task TellAsync(string news) => HearAsync(news);

    public void TellVoid(string news) => Journal.Add(news);

    public async Task<string> AskAsync(string question)
    {
        await HearAsync(question);
        return question == "fail" ? throw new InvalidOperationException("The watcher fails as told.") : $"answer to {question}";
    }

    public Task<string> AskSoonAsync(string question) => AskAsync(question);

    private async Task HearAsync(string news)
    {
        Journal.Add(news);
        if (news.StartsWith("hang", StringComparison.Ordinal))
        {
            await Gate.PassAsync();
            Journal.Add($"{news} ends");
        }
    }
}
