using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigil.Gateway;

/// <summary>
/// Tails the cluster's events for every waiter in this process. It passes on the stored event, which says which execution changed and to which
/// version; the waiter reads the rest. Events come from the store, through any silo that answers, so waiters survive the death of a silo.
/// </summary>
internal sealed partial class EventFeed(IClusterClient cluster, TimeProvider time, ILogger<EventFeed> logger) : BackgroundService
{
    // A cancelled call may not reach the activation that waits, so a silo that stops waits for this at most.
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, Subscription[]> _subscriptions = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private int _count;
    private TaskCompletionSource _wanted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Subscribes to one execution's changes and returns once every later commit will be delivered: read the execution after this call, and no
    /// change is missed.
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
        try
        {
            while (true)
            {
                await _wanted.Task.WaitAsync(stoppingToken);
                await TailWhileWantedAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process is stopping.
        }
    }

    // Without waiters the feed costs nothing: it starts at the last event when the first waiter subscribes and stops when the last one has left.
    private async Task TailWhileWantedAsync(CancellationToken cancellationToken)
    {
        var queries = cluster.GetGrain<IQueryGrain>(IQueryGrain.Key);
        long? seen = null;
        while (!IdleAgain())
        {
            try
            {
                if (seen is not { } after)
                {
                    seen = await queries.ReadEventHeadAsync();
                    _reading.TrySetResult();
                    continue;
                }

                foreach (var stored in await NextAsync(queries, after, cancellationToken))
                {
                    seen = stored.Seq;
                    Publish(stored);
                }
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or VigilUnavailableException)
            {
                // Another silo answers the next call, and the feed continues after the last event it has seen.
                LogTailBroke(e);
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }

    private async Task<ImmutableArray<StoredEvent>> NextAsync(IQueryGrain queries, long after, CancellationToken cancellationToken)
    {
        Task left;
        lock (_sync)
        {
            left = _left.Task;
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = queries.ReadEventsAsync(after, LongPoll, enough.Token);
        if (await Task.WhenAny(events, left) == left)
        {
            await enough.CancelAsync();
        }

        try
        {
            return await events;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
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

    private void Publish(StoredEvent stored)
    {
        if (_subscriptions.TryGetValue(stored.ExecutionId, out var subscriptions))
        {
            foreach (var subscription in subscriptions)
            {
                subscription.Publish(stored);
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

    [LoggerMessage(LogLevel.Warning, "The events cannot be read at the moment; waiters are notified later")]
    private partial void LogTailBroke(Exception exception);

    /// <summary>One waiter's subscription. A slow reader loses its oldest unread events, never the newest.</summary>
    public sealed class Subscription(EventFeed feed, string executionId) : IDisposable
    {
        private readonly Channel<StoredEvent> _events =
            Channel.CreateBounded<StoredEvent>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

        public string ExecutionId { get; } = executionId;

        /// <summary>Gets the events since the subscription.</summary>
        public ChannelReader<StoredEvent> Events => _events.Reader;

        public void Publish(StoredEvent stored) => _events.Writer.TryWrite(stored);

        public void Dispose() => feed.Remove(this);
    }
}
