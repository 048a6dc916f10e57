using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigil.Client;

/// <summary>
/// Tails the cluster's events and passes each stored event on to the subscribers of its execution in this process. Any silo can read the events from
/// the store, so subscriptions survive the death of a silo.
/// </summary>
internal sealed partial class EventFeed(IClusterClient cluster, TimeProvider time, ILogger<EventFeed> logger) : BackgroundService
{
    // A cancellation may not reach the activation that waits, and a stopping silo must not wait longer than this for the call.
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(1);
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));

    private readonly ConcurrentDictionary<string, Subscription[]> _subscriptions = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private int _count;
    private TaskCompletionSource _subscribed = NewSignal();
    private TaskCompletionSource _unsubscribed = NewSignal();
    private TaskCompletionSource _tailing = NewSignal();

    /// <summary>
    /// Subscribes to one execution's changes and returns once all later commits will be delivered. Callers that read the execution after this call
    /// miss no change.
    /// </summary>
    public async Task<Subscription> SubscribeAsync(string executionId, CancellationToken cancellationToken)
    {
        var subscription = new Subscription(this, executionId);
        Task tailing;
        lock (_sync)
        {
            _subscriptions.AddOrUpdate(executionId, [subscription], (_, others) => [.. others, subscription]);
            if (_count++ == 0)
            {
                _unsubscribed = NewSignal();
                _subscribed.TrySetResult();
            }

            tailing = _tailing.Task;
        }

        try
        {
            await tailing.WaitAsync(cancellationToken);
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
                await _subscribed.Task.WaitAsync(stoppingToken);
                await TailAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process is stopping.
        }
    }

    // Without subscribers the feed costs nothing: it starts at the last event when the first one subscribes and stops when the last one leaves.
    private async Task TailAsync(CancellationToken cancellationToken)
    {
        var queries = cluster.GetGrain<IQueryGrain>(IQueryGrain.Key);
        long? seen = null;
        var failures = 0;
        while (!TryBecomeIdle())
        {
            try
            {
                if (seen is not { } after)
                {
                    seen = await queries.ReadEventHeadAsync();
                    _tailing.TrySetResult();
                    continue;
                }

                var events = await NextAsync(queries, after, cancellationToken);
                failures = 0;
                foreach (var stored in events)
                {
                    seen = stored.Seq;
                    Publish(stored);
                }
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or VigilUnavailableException)
            {
                // The next call may go to another silo; it continues after the last event seen.
                LogTailBroke(e);
                failures++;
                await Task.Delay(Retries.Delay(failures, Random.Shared), time, cancellationToken);
            }
        }
    }

    private async Task<ImmutableArray<StoredEvent>> NextAsync(IQueryGrain queries, long after, CancellationToken cancellationToken)
    {
        Task unsubscribed;
        lock (_sync)
        {
            unsubscribed = _unsubscribed.Task;
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = queries.ReadEventsAsync(after, LongPoll, cancellation.Token);
        if (await Task.WhenAny(events, unsubscribed) == unsubscribed)
        {
            await cancellation.CancelAsync();
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

    private bool TryBecomeIdle()
    {
        lock (_sync)
        {
            if (_count > 0)
            {
                return false;
            }

            _subscribed = NewSignal();
            _tailing = NewSignal();
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
            if (!_subscriptions.TryGetValue(subscription.ExecutionId, out var subscriptions) || !subscriptions.Contains(subscription))
            {
                return;
            }

            if (--_count == 0)
            {
                _unsubscribed.TrySetResult();
            }

            Subscription[] rest = [.. subscriptions.Where(other => other != subscription)];
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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(LogLevel.Warning, "Events cannot be read at the moment; waiting callers are notified later")]
    private partial void LogTailBroke(Exception exception);

    /// <summary>One subscription. A slow reader loses its oldest unread events, never the newest.</summary>
    public sealed class Subscription(EventFeed feed, string executionId) : IDisposable
    {
        private readonly Channel<StoredEvent> _events =
            Channel.CreateBounded<StoredEvent>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

        public string ExecutionId { get; } = executionId;

        public ChannelReader<StoredEvent> Events => _events.Reader;

        public void Publish(StoredEvent stored) => _events.Writer.TryWrite(stored);

        public void Dispose() => feed.Remove(this);
    }
}
