namespace Vigil.Storage;

/// <summary>The events of all executions, numbered in one sequence.</summary>
public interface IEventStore
{
    /// <summary>Returns the number of the last readable event; 0 if there is none.</summary>
    Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads events after a number in order. No event can appear later between the returned ones.</summary>
    Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default);

    /// <summary>Reads the events of one execution after a version and after a number, in order.</summary>
    Task<ImmutableArray<StoredEvent>> ReadEventsAsync(
        string executionId, long afterVersion, long afterSeq, int limit, CancellationToken cancellationToken = default);

    /// <summary>Returns the last number that was given to an event, whether it can be read yet or not, or is kept; 0 if there is none. It never falls.</summary>
    Task<long> ReadLastSeqAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes when an event after <paramref name="afterSeq"/> can be read: immediately for events that this process commits, within a fraction of
    /// a second for those of other processes.
    /// </summary>
    Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken);
}
