namespace Vigil.Storage;

/// <summary>Orleans' reminders. The hash of each grain's id is stored, so that a silo reads only the reminders of its own range of the hash ring.</summary>
public interface IReminderStore
{
    /// <summary>Reads one reminder; null if there is none.</summary>
    Task<StoredReminder?> ReadReminderAsync(string grainId, string name);

    /// <summary>Reads a grain's reminders.</summary>
    Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId);

    /// <summary>
    /// Reads the reminders in a range of the hash ring, with an exclusive beginning and an inclusive end. If the end is less than the beginning, the range
    /// wraps around; if they are equal, it is the whole ring.
    /// </summary>
    Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(uint begin, uint end);

    /// <summary>Adds or replaces a reminder and returns its new ETag.</summary>
    Task<string> PutReminderAsync(StoredReminder reminder);

    /// <summary>Removes a reminder if its ETag is still the same, and returns whether it did.</summary>
    Task<bool> RemoveReminderAsync(string grainId, string name, string etag);
}

/// <summary>A stored reminder.</summary>
/// <param name="GrainId">The grain, in the text form of its id.</param>
/// <param name="GrainHash">The hash of the grain's id.</param>
/// <param name="Name">The reminder's name.</param>
/// <param name="StartAt">When it ticks first, in UTC.</param>
/// <param name="Period">The time between two ticks.</param>
/// <param name="ETag">Its version; empty before it is stored.</param>
public sealed record StoredReminder(string GrainId, uint GrainHash, string Name, DateTime StartAt, TimeSpan Period, string ETag);
