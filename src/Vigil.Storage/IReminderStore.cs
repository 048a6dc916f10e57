using System.Collections.Immutable;

namespace Vigil.Storage;

/// <summary>The reminders of a store. Grain ids are text, and nothing is stored that one engine computes otherwise than another.</summary>
internal interface IReminderStore
{
    /// <summary>Reads one reminder; null where there is none.</summary>
    Task<StoredReminder?> ReadReminderAsync(string grainId, string name);

    /// <summary>Reads a grain's reminders.</summary>
    Task<ImmutableArray<StoredReminder>> ReadRemindersAsync(string grainId);

    /// <summary>Reads all reminders, a page at a time: those after this one.</summary>
    Task<ImmutableArray<StoredReminder>> ReadRemindersAfterAsync(StoredReminder? after, int limit);

    /// <summary>Adds or replaces a reminder and returns its new ETag.</summary>
    Task<string> PutReminderAsync(StoredReminder reminder);

    /// <summary>Removes a reminder if its ETag is still the same, and tells whether it was.</summary>
    Task<bool> RemoveReminderAsync(string grainId, string name, string etag);

    /// <summary>Removes all reminders.</summary>
    Task ClearRemindersAsync();
}

/// <summary>A stored reminder.</summary>
/// <param name="GrainId">The grain, in the text form of its id.</param>
/// <param name="Name">The reminder's name.</param>
/// <param name="StartAt">When it ticks first, in UTC.</param>
/// <param name="Period">The time between two ticks.</param>
/// <param name="ETag">Its version; empty before it is stored.</param>
internal sealed record StoredReminder(string GrainId, string Name, DateTime StartAt, TimeSpan Period, string ETag);
