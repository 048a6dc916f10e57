using System.Collections.Immutable;

namespace Vigil.Storage.Adapters;

/// <summary>
/// Vigil's table of reminders. Which silo minds a reminder is decided by a hash that differs from engine to engine, so it is not stored: a
/// range is read by computing it for every row. A silo asks for all its ranges at once, a few times an hour; those share one pass.
/// </summary>
internal sealed class VigilReminderTable(IVigilStore store, IReminderStore reminders) : IReminderTable
{
    private const int PageRows = 5_000;

    private readonly Lock _gate = new();
    private Task<ImmutableArray<HashedReminder>> _running = Task.FromResult(ImmutableArray<HashedReminder>.Empty);
    private Task<ImmutableArray<HashedReminder>>? _next;

    public Task StartAsync(CancellationToken cancellationToken = default) => store.OpenAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task<ReminderTableData> ReadRows(GrainId grainId) =>
        new((await reminders.ReadRemindersAsync(grainId.ToString())).Select(EntryOf));

    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var all = await ReadAllAsync();
        return new(all.Where(row => IsInRange(row.Hash, begin, end)).Select(row => EntryOf(row.Reminder)));
    }

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        await reminders.ReadReminderAsync(grainId.ToString(), reminderName) is { } row ? EntryOf(row) : null;

    public async Task<string?> UpsertRow(ReminderEntry entry) => await reminders.PutReminderAsync(
        new(entry.GrainId.ToString(), entry.ReminderName, entry.StartAt.ToUniversalTime(), entry.Period, ETag: ""));

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) =>
        reminders.RemoveReminderAsync(grainId.ToString(), reminderName, eTag);

    public Task TestOnlyClearTable() => reminders.ClearRemindersAsync();

    /// <summary>The beginning is outside, the end inside; where the end is not after the beginning, the range goes around.</summary>
    private static bool IsInRange(uint hash, uint begin, uint end) => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;

    private static ReminderEntry EntryOf(StoredReminder row) => new()
    {
        GrainId = GrainId.Parse(row.GrainId),
        ReminderName = row.Name,
        StartAt = row.StartAt,
        Period = row.Period,
        ETag = row.ETag,
    };

    /// <summary>Joins a pass that has not begun, so that it sees all that was written before this call.</summary>
    private Task<ImmutableArray<HashedReminder>> ReadAllAsync()
    {
        lock (_gate)
        {
            return _next ??= BeginAfterAsync(_running);
        }
    }

    private async Task<ImmutableArray<HashedReminder>> BeginAfterAsync(Task before)
    {
        // Whether the pass before failed is for those who waited for it.
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (_gate)
        {
            (_running, _next) = (_next!, null);
        }

        var rows = ImmutableArray.CreateBuilder<HashedReminder>();
        StoredReminder? last = null;
        ImmutableArray<StoredReminder> page;
        do
        {
            page = await reminders.ReadRemindersAfterAsync(last, PageRows);
            rows.AddRange(page.Select(row => new HashedReminder(GrainId.Parse(row.GrainId).GetUniformHashCode(), row)));
            last = page.LastOrDefault();
        }
        while (page.Length == PageRows);
        return rows.DrainToImmutable();
    }

    private readonly record struct HashedReminder(uint Hash, StoredReminder Reminder);
}
