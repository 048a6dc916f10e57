using Vigil.Storage;
using Vigil.Storage.Sqlite;

namespace Vigil.Tests.Storage;

public sealed class SqliteSchemaTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private SqliteSettings Settings => new() { DataFolder = _folder.Path };

    public void Dispose() => _folder.Delete();

    [Fact]
    public async Task OpenAsync_OlderSchema_IsMigratedAndKeepsItsData()
    {
        await WriteAsync(Settings);
        var newer = Settings with { Migrations = [.. SqliteSchema.Migrations, "ALTER TABLE executions ADD COLUMN note TEXT; UPDATE executions SET note = id;"] };

        await using (var store = await OpenAsync(newer))
        {
            Assert.NotNull(await store.ReadAsync(Sample.Execution("e1")));
            await store.WriteAsync(Sample.Start("e2"));
        }

        Assert.Equal(newer.Migrations.Length, Query("PRAGMA user_version"));
        Assert.Equal(1, Query("SELECT count(*) FROM executions WHERE note = id"));
    }

    [Fact]
    public async Task OpenAsync_MigrationFails_LeavesTheOldSchemaWhole()
    {
        await WriteAsync(Settings);
        var broken = Settings with { Migrations = [.. SqliteSchema.Migrations, "ALTER TABLE executions ADD COLUMN note TEXT; UPDATE nothing SET x = 1;"] };

        await Assert.ThrowsAsync<StoreException>(() => OpenAsync(broken));

        await using var store = await OpenAsync(Settings);
        Assert.NotNull(await store.ReadAsync(Sample.Execution("e1")));
        Assert.Equal(SqliteSchema.Migrations.Length, Query("PRAGMA user_version"));
        Assert.Equal(0, Query("SELECT count(*) FROM pragma_table_info('executions') WHERE name = 'note'"));
    }

    [Fact]
    public async Task OpenAsync_NewerSchema_IsRefused()
    {
        await WriteAsync(Settings with { Migrations = [.. SqliteSchema.Migrations, "CREATE TABLE further (id INTEGER)"] });

        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Settings));

        var known = SqliteSchema.Migrations.Length;
        Assert.Equal(
            $"The database '{Settings.Path}' has schema {known + 1}, but this program knows only schemas up to {known}. Use a newer version of Vigil.",
            refusal.Message);
    }

    [Fact]
    public async Task OpenAsync_SomebodyElsesDatabase_IsRefusedAndLeftAsItWas()
    {
        SqliteFile.Prepare(Settings.Path);
        using (var other = new SqliteSession(Settings.Path, TimeSpan.Zero, "CREATE TABLE theirs (id INTEGER)"))
        {
            Assert.False(other.InTransaction);
        }

        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Settings));

        Assert.Equal($"The database '{Settings.Path}' is not Vigil's.", refusal.Message);
        Assert.Equal(1, Query("SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public async Task OpenAsync_NoDatabaseAtAll_IsRefused()
    {
        await File.WriteAllTextAsync(Settings.Path, string.Concat(Enumerable.Repeat("This is a text and no database. ", 100)));

        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(Settings));

        Assert.Equal($"The file '{Settings.Path}' is not a SQLite database.", refusal.Message);
    }

    [Fact]
    public async Task OpenAsync_FolderIsAFile_IsRefused()
    {
        var file = Path.Combine(_folder.Path, "file");
        await File.WriteAllTextAsync(file, "");

        var refusal = await Assert.ThrowsAsync<StoreException>(() => OpenAsync(new() { DataFolder = file }));

        Assert.StartsWith($"The data folder '{file}' cannot be used:", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<SqliteStore> OpenAsync(SqliteSettings settings)
    {
        var store = new SqliteStore(settings);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    private static async Task WriteAsync(SqliteSettings settings)
    {
        await using var store = await OpenAsync(settings);
        await store.WriteAsync(Sample.Start("e1"));
    }

    private long? Query(string sql)
    {
        using var session = new SqliteSession(Settings.Path, TimeSpan.FromSeconds(1), "PRAGMA query_only = ON");
        return session.Number(sql);
    }
}
