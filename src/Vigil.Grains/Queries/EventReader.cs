using System.Collections.Concurrent;

namespace Vigil.Grains.Queries;

/// <summary>Reads stored events for those who observe: only what they want, and with every gap named.</summary>
internal sealed class EventReader(IVigilStore store, ExecutionReader executions, TimeProvider time)
{
    private const int MaxEvents = 1000;
    private const int MaxBytes = 1024 * 1024;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<long, Lazy<Task<ImmutableArray<StoredEvent>>>> _reads = [];

    /// <summary>Returns the next events of all executions that the query wants, once there are any or the wait is over.</summary>
    public async Task<EventPage> ReadAsync(EventQuery query, TimeSpan wait, CancellationToken cancellationToken)
    {
        if (query.AfterSeq is not { } after)
        {
            return new([], await store.ReadEventHeadAsync(cancellationToken));
        }

        var selection = new EventSelection(query);
        using var timeout = new CancellationTokenSource(wait < MaxWait ? wait : MaxWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        while (true)
        {
            var events = await ReadAfterAsync(after);
            if (after > 0 && events is [var first, ..] && first.Seq > after + 1 && await ReadFirstKeptAsync() is var kept && kept > after + 1)
            {
                return new([], kept - 1, IsGap: true);
            }

            var wanted = selection.Of(events, MaxBytes, out var passed);
            after = passed?.Seq ?? after;
            if (!wanted.IsEmpty || timeout.IsCancellationRequested)
            {
                return new(wanted, after);
            }

            if (events.IsEmpty && !await WaitAsync(after, either.Token, timeout.Token))
            {
                // A reader that is ahead of the store would wait in silence until the numbers reach it.
                var last = await store.ReadLastSeqAsync(cancellationToken);
                return after > last ? new([], last, IsGap: true) : new([], after);
            }
        }
    }

    /// <summary>Returns the next events of one execution.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<EventPage> ReadAsync(string id, long afterVersion, long afterSeq)
    {
        while (true)
        {
            var events = await store.ReadEventsAsync(id, afterVersion, afterSeq, MaxEvents);
            if (events is [var first, ..])
            {
                if (first.Version > afterVersion + 1 && (await store.ReadEventsAsync(id, 0, 0, 1)) is [var kept]
                    && kept.Version > Math.Max(1, afterVersion + 1) && kept.Seq > afterSeq)
                {
                    return new([], kept.Version - 1, IsGap: true);
                }

                var page = EventSelection.Everything.Of(events, MaxBytes, out var passed);
                return new(page, passed!.Version);
            }

            var state = await executions.ReadStateAsync(id) ?? throw new ExecutionNotFoundException(id);
            if (afterVersion > state.Version || afterSeq > await store.ReadLastSeqAsync())
            {
                return new([], state.Version, IsGap: true);
            }

            // It may have ended between the two reads.
            var ended = state.Status.IsTerminal();
            if (!ended || (await store.ReadEventsAsync(id, afterVersion, afterSeq, 1)).IsEmpty)
            {
                return new([], afterVersion, IsEnd: ended);
            }
        }
    }

    // All who wait for the next event read it at the same time, and need it read only once.
    private async Task<ImmutableArray<StoredEvent>> ReadAfterAsync(long seq)
    {
        var read = _reads.GetOrAdd(seq, after => new(() => store.ReadEventsAsync(after, MaxEvents)));
        try
        {
            return await read.Value;
        }
        finally
        {
            _reads.TryRemove(KeyValuePair.Create(seq, read));
        }
    }

    private async Task<long> ReadFirstKeptAsync() => (await store.ReadEventsAsync(0, 1)) is [var first] ? first.Seq : 0;

    private async Task<bool> WaitAsync(long afterSeq, CancellationToken cancellationToken, CancellationToken timeout)
    {
        try
        {
            await store.WaitForEventAsync(afterSeq, cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return false;
        }
    }
}
