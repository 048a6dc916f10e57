using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    private IReminderStore Reminders => (IReminderStore)Store;

    [StoreFact]
    public async Task PutReminderAsync_TwiceOfTheSameName_ReplacesItUnderANewETag()
    {
        var first = await Reminders.PutReminderAsync(Reminder("execution/e1", "watch"));
        var second = await Reminders.PutReminderAsync(Reminder("execution/e1", "watch") with { Period = TimeSpan.FromMinutes(5) });

        var stored = await Reminders.ReadReminderAsync("execution/e1", "watch");

        Assert.NotEqual(first, second);
        Assert.Equal(Reminder("execution/e1", "watch") with { Period = TimeSpan.FromMinutes(5), ETag = second }, stored);
        Assert.Equal(DateTimeKind.Utc, stored!.StartAt.Kind);
    }

    [StoreFact]
    public async Task ReadRemindersAsync_ByGrain_GivesItsOwnAlone()
    {
        await Reminders.PutReminderAsync(Reminder("execution/e1", "b"));
        await Reminders.PutReminderAsync(Reminder("execution/e1", "a"));
        await Reminders.PutReminderAsync(Reminder("execution/e10", "c"));

        Assert.Equal(["a", "b"], (await Reminders.ReadRemindersAsync("execution/e1")).Select(one => one.Name));
        Assert.Null(await Reminders.ReadReminderAsync("execution/e1", "c"));
    }

    [StoreFact]
    public async Task RemoveReminderAsync_WithTheStoredETagAlone_RemovesIt()
    {
        var first = await Reminders.PutReminderAsync(Reminder("execution/e1", "watch"));
        var second = await Reminders.PutReminderAsync(Reminder("execution/e1", "watch"));

        Assert.False(await Reminders.RemoveReminderAsync("execution/e1", "watch", first));
        Assert.NotNull(await Reminders.ReadReminderAsync("execution/e1", "watch"));
        Assert.True(await Reminders.RemoveReminderAsync("execution/e1", "watch", second));
        Assert.False(await Reminders.RemoveReminderAsync("execution/e1", "watch", second));
        Assert.Null(await Reminders.ReadReminderAsync("execution/e1", "watch"));
    }

    [StoreFact]
    public async Task ReadRemindersAfterAsync_PageByPage_GivesEachOnce()
    {
        var written = Enumerable.Range(0, 25).Select(n => Reminder($"execution/e{n % 9}", $"r{n}")).ToList();
        await Task.WhenAll(written.Select(Reminders.PutReminderAsync));
        List<StoredReminder> read = [];

        while (await Reminders.ReadRemindersAfterAsync(read.LastOrDefault(), 4) is { IsEmpty: false } page)
        {
            read.AddRange(page);
        }

        Assert.Equal(written.Select(one => one.Name).Order(), read.Select(one => one.Name).Order());
    }

    [StoreFact]
    public async Task ClearRemindersAsync_LeavesNone()
    {
        await Reminders.PutReminderAsync(Reminder("execution/e1", "watch"));

        await Reminders.ClearRemindersAsync();

        Assert.Empty(await Reminders.ReadRemindersAfterAsync(null, 10));
    }

    private static StoredReminder Reminder(string grainId, string name) => new(grainId, name, Sample.Noon.UtcDateTime, TimeSpan.FromMinutes(1), ETag: "");
}
