namespace Vigil.Storage.Adapters;

/// <summary>The table of Orleans' reminders in Vigil's store.</summary>
internal sealed class VigilReminderTable(IVigilStore store) : IReminderTable
{
    public Task StartAsync(CancellationToken cancellationToken = default) => store.OpenAsync(cancellationToken);

    public async Task<ReminderTableData> ReadRows(GrainId grainId) => TableOf(await store.ReadRemindersAsync(grainId.ToString()));

    public async Task<ReminderTableData> ReadRows(uint begin, uint end) => TableOf(await store.ReadRemindersAsync(begin, end));

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) =>
        await store.ReadReminderAsync(grainId.ToString(), reminderName) is { } row ? EntryOf(row) : null;

    public async Task<string?> UpsertRow(ReminderEntry entry) => await store.PutReminderAsync(new(
        entry.GrainId.ToString(), entry.GrainId.GetUniformHashCode(), entry.ReminderName, entry.StartAt.ToUniversalTime(), entry.Period, ETag: ""));

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag) => store.RemoveReminderAsync(grainId.ToString(), reminderName, eTag);

    public Task TestOnlyClearTable() => throw new NotSupportedException("The reminders of live executions cannot be cleared.");

    private static ReminderTableData TableOf(ImmutableArray<StoredReminder> rows) => new(rows.Select(EntryOf));

    private static ReminderEntry EntryOf(StoredReminder row) => new()
    {
        GrainId = GrainId.Parse(row.GrainId),
        ReminderName = row.Name,
        StartAt = row.StartAt,
        Period = row.Period,
        ETag = row.ETag,
    };
}
