using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Vigil.Client;

/// <summary>
/// Tells the callers of this process that wait for an execution that something was stored of it. It tails the events of the executions that are waited for,
/// without the executions in them, by one call at a time, however many callers wait. Any silo can read the events from the store, so subscriptions survive
/// the death of a silo.
/// </summary>
internal sealed partial class EventFeed(IClusterClient cluster, TimeProvider time, ILogger<EventFeed> logger, ClusterLink? link = null) : BackgroundService
{
    // A cancellation may not reach the activation that waits, and a stopping silo must not wait longer than this for the call.
    public static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(1);
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));

    private readonly ConcurrentDictionary<string, Subscription[]> _subscriptions = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();
    private int _count;
    private bool _knowsPosition;

    // The executions of the call that runs; null between two calls, and for all executions.
    private ImmutableHashSet<string>? _polled;
    private TaskCompletionSource _subscribed = NewSignal();
    private TaskCompletionSource _interrupted = NewSignal();
    private TaskCompletionSource _covered = NewSignal();

    /// <summary>
    /// Subscribes to one execution's events and returns once all later commits will be noticed. Callers that read the execution after this call miss no change.
    /// </summary>
    /// <param name="executionId">The execution.</param>
    /// <param name="endsOnly">Whether only an end is of interest.</param>
    /// <param name="cancellationToken">Cancels the subscription.</param>
    /// <exception cref="VersionMismatchException">The silo does not know the call, or this program not the answer.</exception>
    public async Task<Subscription> SubscribeAsync(string executionId, bool endsOnly, CancellationToken cancellationToken)
    {
        var subscription = new Subscription(this, executionId, endsOnly);
        Task covered;
        lock (_sync)
        {
            _subscriptions.AddOrUpdate(executionId, [subscription], (_, others) => [.. others, subscription]);
            if (_count++ == 0)
            {
                _subscribed.TrySetResult();
            }

            if (_knowsPosition && _polled?.Contains(executionId) != false)
            {
                return subscription;
            }

            covered = _covered.Task;
            _interrupted.TrySetResult();
        }

        try
        {
            await covered.WaitAsync(cancellationToken);
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
        long? seen = null;
        var failures = 0;

        // Where callers come one after another, each would interrupt the call for the one before, and nobody would be told anything. So the call after an
        // interrupted one is answered at once, with what is there, and is not interrupted.
        var interrupted = false;
        while (Begin(seen) is { } call)
        {
            try
            {
                var page = await ReadAsync(call, isShort: interrupted, cancellationToken);
                interrupted = page is null;
                if (page is not null)
                {
                    Publish(page);
                    seen = page.Next;
                }

                failures = 0;
                End();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // The next call may go to another silo; it continues after the last event seen. A silo of another version fails in any way, and a background
                // service that fails ends the whole app.
                LogTailBroke(e);
                failures++;
                End();
                if (GrainCalls.IsOfAnotherVersion(e) && link?.HasConnected != false)
                {
                    Refuse(new(VigilVersion.Current, link is null ? null : await link.VersionAsync(), e));
                }

                await Task.Delay(Retries.Delay(failures, Random.Shared), time, cancellationToken);
            }
        }
    }

    // Null if nobody waits any more.
    private Call? Begin(long? seen)
    {
        lock (_sync)
        {
            _knowsPosition = seen is not null && _count > 0;
            if (_count == 0)
            {
                _subscribed = NewSignal();
                return null;
            }

            _interrupted = NewSignal();
            if (seen is not null)
            {
                _polled = _subscriptions.Count > EventQuery.MaxExecutionIds ? null : [.. _subscriptions.Keys];
                _covered.SetResult();
                _covered = NewSignal();
            }

            return new(new() { AfterSeq = seen, ExecutionIds = _polled is null ? [] : [.. _polled], OmitExecutions = true }, _interrupted.Task);
        }
    }

    // The next call begins where this one ended and covers every subscription, so one that is added in between misses nothing.
    private void End()
    {
        lock (_sync)
        {
            _polled = null;
        }
    }

    // A silo of another version will not answer the next call either, so the callers that wait for one are told.
    private void Refuse(VersionMismatchException mismatch)
    {
        lock (_sync)
        {
            _covered.SetException(mismatch);
            _covered.Task.Ignore();
            _covered = NewSignal();
        }
    }

    // Null if the call was interrupted. It is left to end by itself: its answer is not needed, because the next call begins at the same event.
    private async Task<EventPage?> ReadAsync(Call call, bool isShort, CancellationToken cancellationToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var page = AnyGateway.FirstAsync(
            () => cluster.GetGrain<IQueryGrain>(IQueryGrain.Key).ReadEventsAsync(call.Query, isShort ? TimeSpan.Zero : LongPoll, cancellation.Token), time, cancellation.Token);
        if (isShort || call.Query.AfterSeq is null || await Task.WhenAny(page, call.Interrupted) == page)
        {
            return await page;
        }

        page.Ignore();
        await cancellation.CancelAsync();
        return null;
    }

    private void Publish(EventPage page)
    {
        if (page.IsGap)
        {
            // What happened meanwhile is unknown, so everyone has to look.
            foreach (var subscription in _subscriptions.Values.SelectMany(subscriptions => subscriptions))
            {
                subscription.Notify();
            }
        }

        foreach (var stored in page.Events)
        {
            foreach (var subscription in _subscriptions.GetValueOrDefault(stored.ExecutionId, []))
            {
                if (!subscription.EndsOnly || stored.Type == ExecutionEventTypes.Ended)
                {
                    subscription.Notify();
                }
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
                _interrupted.TrySetResult();
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

    private sealed record Call(EventQuery Query, Task Interrupted);
}
