using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Vigil.Storage.Sqlite;

/// <summary>
/// Watches the database file. SQLite keeps using a file that was deleted or replaced, and everything written to it is lost when the process ends, so that is
/// detected and refused. Writes stay in the write-ahead log until a checkpoint copies them into the file, which is done regularly and at the end.
/// </summary>
internal sealed partial class SqliteFile : IAsyncDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly SqliteSettings _settings;
    private readonly ILogger _logger;
    private readonly SqliteSession _session;
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    /// <summary>Opens the file, which must exist.</summary>
    public SqliteFile(SqliteSettings settings)
    {
        (_settings, _logger) = (settings, settings.Logger);
        _session = new(settings.Path, settings.BusyTimeout, "PRAGMA query_only = ON;");
    }

    private bool IsGone => _session.HasMoved || !File.Exists($"{_settings.Path}-wal");

    /// <summary>Creates the file if it does not exist, and makes it and its log accessible to its owner only.</summary>
    public static void Prepare(string path)
    {
        PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.ReadWrite | FileShare.Delete).Dispose();
        PrivateFiles.Restrict($"{path}-wal");
        PrivateFiles.Restrict($"{path}-shm");
    }

    /// <summary>Reports when the file disappears and when it is back, and copies the log into it regularly.</summary>
    /// <param name="checkpoint">Copies what it can without blocking other connections.</param>
    public void Watch(Func<CancellationToken, Task> checkpoint) => _watching = Task.Run(() => WatchAsync(checkpoint, _stop.Token));

    /// <summary>Refuses to use a file whose content will be lost.</summary>
    /// <exception cref="StoreException">The file is gone.</exception>
    public void ThrowIfGone()
    {
        if (IsGone)
        {
            throw new StoreException($"The database '{_settings.Path}' or its log was deleted, moved or replaced while Vigil uses it.");
        }
    }

    /// <summary>Copies the whole log into the file. All other connections must be closed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            _session.Script("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException error)
        {
            LogCheckpointFailed(SqliteErrors.Of(error, _settings.Path).Message);
        }

        _session.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync(Func<CancellationToken, Task> checkpoint, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookInterval, TimeProvider.System);
        var checkpointedAt = TimeProvider.System.GetTimestamp();
        for (var wasGone = false; await timer.WaitForNextTickAsync(cancellationToken);)
        {
            var isGone = IsGone;
            if (isGone && !wasGone)
            {
                LogGone(_settings.Path);
            }
            else if (wasGone && !isGone)
            {
                LogBack(_settings.Path);
            }

            wasGone = isGone;
            if (!isGone && TimeProvider.System.GetElapsedTime(checkpointedAt) >= _settings.CheckpointInterval)
            {
                checkpointedAt = TimeProvider.System.GetTimestamp();
                await TryCheckpointAsync(checkpoint, cancellationToken);
            }
        }
    }

    private async Task TryCheckpointAsync(Func<CancellationToken, Task> checkpoint, CancellationToken cancellationToken)
    {
        try
        {
            await checkpoint(cancellationToken);
        }
        catch (StoreException error)
        {
            LogCheckpointFailed(error.Message);
        }
    }

    [LoggerMessage(6100, LogLevel.Error, "The database '{Path}' or its log was deleted, moved or replaced while Vigil uses it: nothing can be stored. Put it back, or stop Vigil and restore a backup")]
    private partial void LogGone(string path);

    [LoggerMessage(6101, LogLevel.Information, "The database '{Path}' is back")]
    private partial void LogBack(string path);

    [LoggerMessage(6102, LogLevel.Warning, "The database's write-ahead log could not be copied into its file. {Reason}")]
    private partial void LogCheckpointFailed(string reason);
}
