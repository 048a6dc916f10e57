using Vigil.Storage;
using Vigil.Storage.Sqlite;

namespace Vigil.Tests.Storage;

/// <summary>What happens to the file under a store that is open, and how it is copied.</summary>
public sealed class SqliteFileTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly SqliteStore _store;

    public SqliteFileTests() => _store = new(Settings with { CheckpointInterval = TimeSpan.Zero });

    private SqliteSettings Settings => new() { DataFolder = Path.Combine(_folder.Path, "data") };

    private string File => Settings.Path;

    private string Aside => Path.Combine(_folder.Path, "aside.db");

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Delete();
    }

    [Theory]
    [InlineData("vigil.db")]
    [InlineData("vigil.db-wal")]
    public async Task Write_TheFileIsMovedAway_IsRefusedUntilItIsBack(string name)
    {
        await OpenAsync();
        var file = Path.Combine(Settings.DataFolder, name);

        System.IO.File.Move(file, Aside);
        await Assert.ThrowsAsync<StoreException>(() => _store.ReadEventHeadAsync());
        var refusal = await Assert.ThrowsAsync<StoreException>(() => _store.WriteAsync(Sample.Start("e2")));
        System.IO.File.Move(Aside, file);

        Assert.Equal($"The database '{File}' or its log was deleted, moved or replaced while Vigil uses it.", refusal.Message);
        Assert.Null(await _store.ReadAsync(Sample.Execution("e2")));
        await _store.WriteAsync(Sample.Start("e3"));
    }

    [Fact]
    public async Task Write_AnotherFileIsInItsPlace_IsRefused()
    {
        await OpenAsync();
        System.IO.File.Copy(File, Aside);

        System.IO.File.Move(Aside, File, overwrite: true);

        await Assert.ThrowsAsync<StoreException>(() => _store.WriteAsync(Sample.Start("e2")));
        await Assert.ThrowsAsync<StoreException>(() => _store.ReadAsync(Sample.Execution("e1")));
    }

    [Fact]
    public async Task Open_StoreThatIsLittleUsed_HasItsWritesInTheFileItselfSoon()
    {
        await OpenAsync();
        using var patience = new CancellationTokenSource(Patience);

        while ((await System.IO.File.ReadAllBytesAsync(File, patience.Token)).AsSpan().IndexOf("{\"id\":\"e1\"}"u8) < 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    [Fact]
    public async Task Backup_OfAStoreInUse_OpensWithAllThatWasWritten()
    {
        await OpenAsync();

        SqliteBackup.Write(Settings.DataFolder, Aside);
        await _store.WriteAsync(Sample.Start("e2"));
        var refusal = Assert.Throws<StoreException>(() => SqliteBackup.Write(Settings.DataFolder, Aside));

        Assert.Contains("exists already", refusal.Message, StringComparison.Ordinal);
        var restored = new SqliteSettings { DataFolder = Path.Combine(_folder.Path, "restored") };
        Directory.CreateDirectory(restored.DataFolder);
        System.IO.File.Copy(Aside, restored.Path);
        await using var store = new SqliteStore(restored);
        await store.OpenAsync(CancellationToken.None);
        Assert.NotNull(await store.ReadAsync(Sample.Execution("e1")));
        Assert.Null(await store.ReadAsync(Sample.Execution("e2")));
        Assert.Single(await store.ReadEventsAsync(0, 10));
    }

    [Fact]
    public void Backup_ThatCannotBeWritten_LeavesNothing()
    {
        Directory.CreateDirectory(Settings.DataFolder);
        System.IO.File.WriteAllText(File, string.Concat(Enumerable.Repeat("This is a text and no database. ", 100)));

        var error = Assert.Throws<StoreException>(() => SqliteBackup.Write(Settings.DataFolder, Aside));

        Assert.Contains("could not be written", error.Message, StringComparison.Ordinal);
        Assert.Equal([Settings.DataFolder], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Open_FolderOfAnEarlierVersion_IsTakenFromOthers()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode ForAll = (UnixFileMode)0b111_101_101;
        Directory.CreateDirectory(Settings.DataFolder, ForAll);
        await System.IO.File.WriteAllTextAsync(File, "");
        System.IO.File.SetUnixFileMode(File, ForAll);

        await OpenAsync();

        Assert.Equal((UnixFileMode)0b111_000_000, System.IO.File.GetUnixFileMode(Settings.DataFolder));
        foreach (var file in Directory.GetFiles(Settings.DataFolder))
        {
            Assert.Equal((UnixFileMode)0b110_000_000, System.IO.File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task Open_FolderThatHoldsOtherThingsToo_LeavesItsRights()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode ForAll = (UnixFileMode)0b111_101_101;
        Directory.CreateDirectory(Settings.DataFolder, ForAll);
        await System.IO.File.WriteAllTextAsync(Path.Combine(Settings.DataFolder, "notes.txt"), "");

        await OpenAsync();

        Assert.Equal(ForAll, System.IO.File.GetUnixFileMode(Settings.DataFolder));
        Assert.Equal((UnixFileMode)0b110_000_000, System.IO.File.GetUnixFileMode(File));
    }

    private async Task OpenAsync()
    {
        await _store.OpenAsync(CancellationToken.None);
        await _store.WriteAsync(Sample.Start("e1"));
    }
}
