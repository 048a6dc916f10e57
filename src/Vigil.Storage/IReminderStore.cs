namespace Vigil.Storage;

/// <summary>The reminders of a store. A grain's place on the ring of Orleans is stored beside its id, so that a silo reads its own part of the ring alone.</summary>
public interface IReminderStore
{
    /// <summary>Reads one reminder; null where there is none.</summary>
    Task<StoredReminder?> ReadReminderAsync(string grainId, string name);

    /// <summary>Reads a grain's reminders.</summary>
    Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId);

    /// <summary>
    /// Reads the reminders in a part of the ring, which leaves its beginning out and takes its end in. Where the end is not after the beginning, the part
    /// goes over the ring's end and on from zero; where the two are equal, it is the whole ring.
    /// </summary>
    Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end);

    /// <summary>Adds or replaces a reminder and returns its new ETag.</summary>
    Task<string> PutReminderAsync(StoredReminder reminder);

    /// <summary>Removes a reminder if its ETag is still the same, and tells whether it was.</summary>
    Task<bool> RemoveReminderAsync(string grainId, string name, string etag);
}

/// <summary>A stored reminder.</summary>
/// <param name="GrainId">The grain, in the text form of its id.</param>
/// <param name="GrainHash">The grain's place on the ring.</param>
/// <param name="Name">The reminder's name.</param>
/// <param name="StartAt">When it ticks first, in UTC.</param>
/// <param name="Period">The time between two ticks.</param>
/// <param name="ETag">Its version; empty before it is stored.</param>
public sealed record StoredReminder(string GrainId, uint GrainHash, string Name, DateTime StartAt, TimeSpan Period, string ETag);
