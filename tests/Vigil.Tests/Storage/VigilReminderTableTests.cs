using Vigil.Storage.Adapters;
using Vigil.Storage.Sqlite;

namespace Vigil.Tests.Storage;

public sealed class VigilReminderTableTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private VigilReminderTable _table = null!;

    private SqliteStore Store { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Store = new(new() { DataFolder = _folder.Path });
        _table = new(Store);
        await _table.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await ((IReminderTable)_table).StopAsync();
        await Store.DisposeAsync();
        _folder.Delete();
    }

    [Fact]
    public async Task UpsertRow_ThenReadRow_GivesWhatWasWritten()
    {
        var entry = Entry("e1", "watch");

        var etag = await _table.UpsertRow(entry);

        var read = await _table.ReadRow(entry.GrainId, "watch");
        Assert.NotNull(read);
        Assert.Equal((entry.GrainId, "watch", entry.StartAt, entry.Period, etag), (read.GrainId, read.ReminderName, read.StartAt, read.Period, read.ETag));
        Assert.Equal(DateTimeKind.Utc, read.StartAt.Kind);
        Assert.Null(await _table.ReadRow(entry.GrainId, "other"));
    }

    [Fact]
    public async Task RemoveRow_OfAnEarlierVersion_KeepsIt()
    {
        var entry = Entry("e1", "watch");
        var first = await _table.UpsertRow(entry);
        var second = await _table.UpsertRow(entry);

        Assert.False(await _table.RemoveRow(entry.GrainId, "watch", first!));
        Assert.True(await _table.RemoveRow(entry.GrainId, "watch", second!));
        Assert.Empty((await _table.ReadRows(entry.GrainId)).Reminders);
    }

    [Fact]
    public async Task ReadRows_OfAGrain_GivesItsOwnAlone()
    {
        await Task.WhenAll(new[] { Entry("e1", "a"), Entry("e1", "b"), Entry("e2", "a") }.Select(_table.UpsertRow));

        var rows = await _table.ReadRows(Entry("e1", "").GrainId);

        Assert.Equal(["a", "b"], rows.Reminders.Select(row => row.ReminderName).Order());
    }

    [Fact]
    public async Task ReadRows_OfRangesThatMakeTheWholeRing_GiveEachRowOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(n => _table.UpsertRow(Entry($"e{n}", "watch"))));
        uint[] bounds = [0, 1u << 30, 1u << 31, 3u << 30, uint.MaxValue];

        // The last range goes around, from the last bound over zero to the first.
        var ranges = await Task.WhenAll(bounds.Select((begin, i) => _table.ReadRows(begin, bounds[(i + 1) % bounds.Length])));

        Assert.All(ranges.Take(4), range => Assert.NotEmpty(range.Reminders));
        Assert.Equal(300, ranges.SelectMany(range => range.Reminders).Select(row => row.GrainId).Distinct().Count());
        Assert.Equal(300, ranges.Sum(range => range.Reminders.Count));
    }

    [Fact]
    public async Task ReadRows_RangeBounds_LeaveTheBeginningOutAndTakeTheEndIn()
    {
        var entry = Entry("e1", "watch");
        await _table.UpsertRow(entry);
        var hash = entry.GrainId.GetUniformHashCode();

        Assert.Single((await _table.ReadRows(hash - 1, hash)).Reminders);
        Assert.Empty((await _table.ReadRows(hash, hash + 1)).Reminders);
        Assert.Single((await _table.ReadRows(hash, hash)).Reminders);
        Assert.Single((await _table.ReadRows(hash + 2, hash)).Reminders);
        Assert.Empty((await _table.ReadRows(hash, hash - 1)).Reminders);
    }

    private static ReminderEntry Entry(string key, string name) => new()
    {
        GrainId = GrainId.Create("execution", key),
        ReminderName = name,
        StartAt = Sample.Noon.UtcDateTime,
        Period = TimeSpan.FromMinutes(1),
    };
}
