using System.Runtime.CompilerServices;

namespace Vigil.Client;

/// <summary>Events: what is stored is the truth, so an observer reads it from the store and keeps only where it is.</summary>
public sealed partial class ExecutionGateway
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public IAsyncEnumerable<ExecutionEvent> ObserveAsync(string id, long afterVersion = 0, CancellationToken cancellationToken = default) =>
        EventsAsync(ReadEventPagesAsync(id, afterVersion, afterSeq: 0, cancellationToken), afterVersion, cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ExecutionEvent> ObserveAsync(EventFilter filter, long? afterSeq = null, CancellationToken cancellationToken = default) =>
        EventsAsync(ReadEventPagesAsync(filter, afterSeq, cancellationToken), afterSeq ?? 0, cancellationToken);

    /// <summary>Returns the stored events of one execution after a version, without waiting for any.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="afterVersion">The version of the last event that the caller has seen; 0 for none.</param>
    /// <param name="afterSeq">The sequence number after which events are read; 0 if the version says it.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<EventPage> ReadEventsAsync(string id, long afterVersion, long afterSeq = 0, CancellationToken cancellationToken = default)
    {
        CheckId(id);
        return await _calls.ReadAsync(() => Queries.ReadEventsAsync(id, afterVersion, afterSeq), cancellationToken);
    }

    /// <summary>Returns the sequence number of the last stored event.</summary>
    public async Task<long> ReadLastSeqAsync(CancellationToken cancellationToken = default) =>
        (await _calls.ReadAsync(() => Queries.ReadEventsAsync(new(), TimeSpan.Zero, cancellationToken), cancellationToken)).Next;

    /// <summary>
    /// Yields the stored events of one execution page by page, and an empty page when nothing has happened for a few seconds, until it has ended. Outages are
    /// waited out.
    /// </summary>
    /// <inheritdoc cref="ReadEventsAsync(string, long, long, CancellationToken)"/>
    public async IAsyncEnumerable<EventPage> ReadEventPagesAsync(
        string id, long afterVersion, long afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        EventFeed.Subscription? subscription = null;
        try
        {
            for (var position = afterVersion; ;)
            {
                var page = await RepeatAsync(() => ReadEventsAsync(id, position, afterSeq, linked.Token), linked.Token);
                yield return page;
                if (page.IsEnd)
                {
                    yield break;
                }

                (position, afterSeq) = (page.Next, page.IsGap ? 0 : afterSeq);
                if (!page.Events.IsEmpty || page.IsGap)
                {
                    continue;
                }

                if (subscription is null)
                {
                    // It has to look once more, because something may have happened before.
                    subscription = await _feed.SubscribeAsync(id, endsOnly: false, linked.Token);
                    continue;
                }

                while (!await ChangedAsync(subscription, linked.Token))
                {
                    yield return page;
                }
            }
        }
        finally
        {
            subscription?.Dispose();
        }
    }

    /// <summary>
    /// Yields the stored events of all executions that match a filter page by page, and an empty page when nothing has happened for a second. Outages are
    /// waited out.
    /// </summary>
    /// <param name="filter">Which events.</param>
    /// <param name="afterSeq">The sequence number of the last event that the caller has seen; null to begin with the next one that is stored.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="InvalidRequestException">The filter is not valid; the exception contains all errors.</exception>
    public async IAsyncEnumerable<EventPage> ReadEventPagesAsync(
        EventFilter filter, long? afterSeq, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        RequestLimits.ThrowIfAny(RequestLimits.Check(filter));
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping);
        for (var query = new EventQuery { AfterSeq = afterSeq, Filter = filter }; ;)
        {
            var page = await RepeatAsync(
                () => _calls.ReadAsync(() => Queries.ReadEventsAsync(query, EventFeed.LongPoll, linked.Token), linked.Token), linked.Token);
            yield return page;
            query = query with { AfterSeq = page.Next };
        }
    }

    private static async IAsyncEnumerable<ExecutionEvent> EventsAsync(
        IAsyncEnumerable<EventPage> pages, long position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            if (page.IsGap)
            {
                throw new EventsMissedException(position, page.Next);
            }

            foreach (var stored in page.Events)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return stored.Read();
            }

            position = page.Next;
        }
    }

    private async Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await call();
            }
            catch (VigilUnavailableException)
            {
                // An observation outlasts the failure of what it observes; each attempt has a limit of its own.
                await Task.Delay(Retries.Delay(failures, Random.Shared), _time, cancellationToken);
            }
        }
    }

    private async Task<bool> ChangedAsync(EventFeed.Subscription subscription, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(IdleInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await subscription.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
