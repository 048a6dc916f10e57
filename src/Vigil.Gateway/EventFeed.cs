using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vigil.Storage;

namespace Vigil.Gateway;

/// <summary>
/// Tails the store's events for all who wait in this process: own writes at once, those of other silos within 100 ms. It tells which execution
/// changed and to which version; whoever is told reads the rest. Because it reads the store, the death of a silo loses no waiter.
/// </summary>
internal sealed partial class EventFeed(IVigilStore store, TimeProvider time, ILogger<EventFeed> logger) : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Subscription[]> _subscriptions = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private int _count;
    private TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Subscribes to one execution's changes and returns once everything committed from now on will be told: read the execution after this, and nothing
    /// is missed between.
    /// </summary>
    public async Task<Subscription> SubscribeAsync(string executionId, CancellationToken cancellationToken)
    {
        var subscription = new Subscription(this, executionId);
        Task reading;
        lock (_sync)
        {
            _subscriptions.AddOrUpdate(executionId, [subscription], (_, others) => [.. others, subscription]);
            if (_count++ == 0)
            {
                _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _wanted.TrySetResult();
            }

            reading = _reading.Task;
        }

        try
        {
            await reading.WaitAsync(cancellationToken);
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await TailWhileWantedAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException e)
            {
                LogTailBroke(e);
                await Task.Delay(RetryInterval, time, stoppingToken);
            }
        }
    }

    // Nobody waiting costs nothing: the tail begins at the head when the first one comes and ends when the last one has left.
    private async Task TailWhileWantedAsync(CancellationToken cancellationToken)
    {
        await _wanted.Task.WaitAsync(cancellationToken);
        var seen = await store.ReadEventHeadAsync(cancellationToken);
        _reading.TrySetResult();
        while (!IdleAgain())
        {
            var events = await store.ReadEventsAsync(seen, PageSize, cancellationToken);
            foreach (var stored in events)
            {
                seen = stored.Seq;
                Tell(stored);
            }

            if (events.Length < PageSize)
            {
                await WaitForMoreAsync(seen, cancellationToken);
            }
        }
    }

    private async Task WaitForMoreAsync(long seen, CancellationToken cancellationToken)
    {
        Task left;
        lock (_sync)
        {
            left = _left.Task;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(store.WaitForEventAsync(seen, enough.Token), left);
        await enough.CancelAsync();
    }

    private bool IdleAgain()
    {
        lock (_sync)
        {
            if (_count > 0)
            {
                return false;
            }

            _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    private void Tell(StoredEvent stored)
    {
        if (_subscriptions.TryGetValue(stored.ExecutionId, out var subscriptions))
        {
            foreach (var subscription in subscriptions)
            {
                subscription.Tell(stored);
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_sync)
        {
            if (!_subscriptions.TryGetValue(subscription.ExecutionId, out var all) || !all.Contains(subscription))
            {
                return;
            }

            if (--_count == 0)
            {
                _left.TrySetResult();
            }

            Subscription[] rest = [.. all.Where(other => other != subscription)];
            if (rest.Length == 0)
            {
                _subscriptions.TryRemove(subscription.ExecutionId, out _);
            }
            else
            {
                _subscriptions[subscription.ExecutionId] = rest;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The events cannot be read; those who wait are told later")]
    private partial void LogTailBroke(Exception exception);

    /// <summary>One waiter's place in the feed. A slow reader loses the oldest events it has not read, never the newest.</summary>
    public sealed class Subscription(EventFeed feed, string executionId) : IDisposable
    {
        private readonly Channel<StoredEvent> _events =
            Channel.CreateBounded<StoredEvent>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

        public string ExecutionId { get; } = executionId;

        /// <summary>Gets the events since the subscription.</summary>
        public ChannelReader<StoredEvent> Events => _events.Reader;

        public void Tell(StoredEvent stored) => _events.Writer.TryWrite(stored);

        public void Dispose() => feed.Remove(this);
    }
}
