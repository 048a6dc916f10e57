using Microsoft.Data.Sqlite;

namespace Vigil.Kill;

/// <summary>
/// A SQLite database that another program can lock and, if this user may mount a small disk in memory, whose disk can be full.
/// </summary>
internal sealed class SqliteTrialStore : ITrialStore
{
    private const string Size = "512m";

    private readonly string _folder;
    private readonly bool _isMounted;
    private readonly TimeProvider _time;

    private SqliteTrialStore(string folder, bool isMounted, TimeProvider time)
    {
        _folder = folder;
        _isMounted = isMounted;
        _time = time;
    }

    public string? WhyNoOutage => _isMounted ? null : "only root can mount a small disk to fill";

    public string? WhyNoCut => "a file has no connections";

    /// <summary>Gets the database's file.</summary>
    public string Path => System.IO.Path.Combine(_folder, "vigil.db");

    public static SqliteTrialStore Create(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        return new(folder, Commands.TryRun("mount", "-t", "tmpfs", "-o", $"size={Size}", "vigil-kill", folder), time);
    }

    public IEnumerable<KeyValuePair<string, string?>> SettingsOf(int silo) => [new(KillHost.DataSetting, _folder)];

    public async Task LockAsync(TimeSpan length)
    {
        await using var other = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        await other.OpenAsync();
        await using var held = other.BeginTransaction(deferred: false);
        await Task.Delay(length, _time);
    }

    public Task CutAsync() => throw new NotSupportedException(WhyNoCut);

    public async Task OutageAsync(TimeSpan length)
    {
        var filler = System.IO.Path.Combine(_folder, "filler");
        try
        {
            await using (var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                Fill(file);
            }

            await Task.Delay(length, _time);
        }
        finally
        {
            File.Delete(filler);
        }
    }

    public ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            Commands.TryRun("umount", "--lazy", _folder);
        }

        return ValueTask.CompletedTask;
    }

    private static void Fill(FileStream file)
    {
        for (var block = new byte[1 << 20]; block.Length > 0; block = new byte[block.Length / 2])
        {
            try
            {
                while (true)
                {
                    file.Write(block);
                }
            }
            catch (IOException)
            {
                // There is no room for a block: try half of it, down to the last byte.
            }
        }
    }
}
