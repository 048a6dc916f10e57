namespace Vigil.Storage;

/// <summary>The events of all executions, in one sequence.</summary>
public interface IEventStore
{
    /// <summary>Returns the number of the last event.</summary>
    Task<long> ReadEventHeadAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads events after a number, in order and without gaps that could still be filled.</summary>
    Task<ImmutableArray<StoredEvent>> ReadEventsAsync(long afterSeq, int limit, CancellationToken cancellationToken = default);

    /// <summary>
    /// Completes when there is an event after <paramref name="afterSeq"/> to read, or at once where there is already: one that this process
    /// committed without delay, one of another process within a fraction of a second.
    /// </summary>
    Task WaitForEventAsync(long afterSeq, CancellationToken cancellationToken);
}
