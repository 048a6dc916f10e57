using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Vigil.Kill;

/// <summary>
/// A SQLite database whose faults are a lock by another program and, if this user may mount a small disk in memory, a full disk.
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
        Faults = isMounted ? [("database locked", LockAsync), ("disk full", FillAsync)] : [("database locked", LockAsync)];
    }

    public string? SkippedFaults => _isMounted ? null : "The full disk is not tested: only root can mount a small one.";

    public IReadOnlyList<(string Name, Func<TimeSpan, Task> InjectAsync)> Faults { get; }

    public static async Task<SqliteTrialStore> CreateAsync(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        return new(folder, await TryRunAsync("mount", "-t", "tmpfs", "-o", $"size={Size}", "vigil-kill", folder), time);
    }

    public IEnumerable<KeyValuePair<string, string>> EnvironmentOf(int silo) => [new(KillHost.DataSetting, _folder)];

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await TryRunAsync("umount", "--lazy", _folder);
        }
    }

    private async Task LockAsync(TimeSpan length)
    {
        await using var other = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(_folder, "vigil.db"), Pooling = false }.ToString());
        await other.OpenAsync();
        await using var held = other.BeginTransaction(deferred: false);
        await Task.Delay(length, _time);
    }

    private async Task FillAsync(TimeSpan length)
    {
        var filler = Path.Combine(_folder, "filler");
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

    private static async Task<bool> TryRunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // The program is not installed.
            return false;
        }
    }
}
