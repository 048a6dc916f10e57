using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    [StoreFact]
    public async Task PutReminderAsync_TwiceOfTheSameName_ReplacesItUnderANewETag()
    {
        var first = await Store.PutReminderAsync(Reminder("execution/e1", "watch"));
        var second = await Store.PutReminderAsync(Reminder("execution/e1", "watch") with { Period = TimeSpan.FromMinutes(5) });

        var stored = await Store.ReadReminderAsync("execution/e1", "watch");

        Assert.NotEqual(first, second);
        Assert.Equal(Reminder("execution/e1", "watch") with { Period = TimeSpan.FromMinutes(5), ETag = second }, stored);
        Assert.Equal(DateTimeKind.Utc, stored!.StartAt.Kind);
    }

    [StoreFact]
    public async Task ReadRemindersAsync_ByGrain_GivesItsOwnAlone()
    {
        await Store.PutReminderAsync(Reminder("execution/e1", "b"));
        await Store.PutReminderAsync(Reminder("execution/e1", "a"));
        await Store.PutReminderAsync(Reminder("execution/e10", "c"));

        Assert.Equal(["a", "b"], (await Store.ReadRemindersAsync("execution/e1")).Select(one => one.Name));
        Assert.Null(await Store.ReadReminderAsync("execution/e1", "c"));
    }

    [StoreFact]
    public async Task RemoveReminderAsync_WithTheStoredETagAlone_RemovesIt()
    {
        var first = await Store.PutReminderAsync(Reminder("execution/e1", "watch"));
        var second = await Store.PutReminderAsync(Reminder("execution/e1", "watch"));

        Assert.False(await Store.RemoveReminderAsync("execution/e1", "watch", first));
        Assert.NotNull(await Store.ReadReminderAsync("execution/e1", "watch"));
        Assert.True(await Store.RemoveReminderAsync("execution/e1", "watch", second));
        Assert.False(await Store.RemoveReminderAsync("execution/e1", "watch", second));
        Assert.Null(await Store.ReadReminderAsync("execution/e1", "watch"));
    }

    // A part leaves its beginning out and takes its end in; the last three go over the ring's end, the very last is all of it.
    [StoreTheory]
    [InlineData(0, uint.MaxValue, new[] { "one", "middle", "high", "last" })]
    [InlineData(1, 0x8000_0000, new[] { "middle" })]
    [InlineData(0x7FFF_FFFF, 0x8000_0001, new[] { "middle", "high" })]
    [InlineData(2, 3, new string[0])]
    [InlineData(0x8000_0001, 0, new[] { "last", "zero" })]
    [InlineData(0x8000_0000, 1, new[] { "high", "last", "zero", "one" })]
    [InlineData(7, 7, new[] { "zero", "one", "middle", "high", "last" })]
    public async Task ReadRemindersAsync_ByPartOfTheRing_GivesThoseInIt(uint begin, uint end, string[] expected)
    {
        (string Name, uint Hash)[] written = [("zero", 0), ("one", 1), ("middle", 0x8000_0000), ("high", 0x8000_0001), ("last", uint.MaxValue)];
        await Task.WhenAll(written.Select(one => Store.PutReminderAsync(Reminder($"execution/{one.Name}", one.Name) with { GrainHash = one.Hash })));

        var read = await Store.ReadRemindersAsync(begin, end);

        Assert.Equal(expected.Order(), read.Select(one => one.Name).Order());
        Assert.All(read, one => Assert.Contains((one.Name, one.GrainHash), written));
    }

    private static StoredReminder Reminder(string grainId, string name) => new(grainId, GrainHash: 42, name, Sample.Noon.UtcDateTime, TimeSpan.FromMinutes(1), ETag: "");
}
