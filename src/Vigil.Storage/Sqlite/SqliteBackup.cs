using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>Backs up a store's database, which may be in use. A plain copy of the file lacks what is still in the write-ahead log.</summary>
public static class SqliteBackup
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Writes a consistent copy into a new file that only its owner can access. The file appears once it is complete and on disk.</summary>
    /// <param name="dataFolder">The folder of the database.</param>
    /// <param name="file">The file, which must not exist yet.</param>
    /// <exception cref="StoreException">There is no database, or the file cannot be written.</exception>
    public static void Write(string dataFolder, string file)
    {
        var database = new SqliteSettings { DataFolder = Path.GetFullPath(dataFolder) }.Path;
        var target = Path.GetFullPath(file);
        var unfinished = $"{target}.unfinished";
        if (!File.Exists(database))
        {
            throw new StoreException($"The database '{database}' does not exist.");
        }

        if (File.Exists(target))
        {
            throw new StoreException($"The file '{target}' exists already; nothing was changed.");
        }

        try
        {
            Copy(database, unfinished);
            File.Move(unfinished, target);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            var reason = error is SqliteException failure ? SqliteErrors.Of(failure, database).Message : error.Message;
            throw new StoreException($"The backup '{target}' could not be written. {reason}", error);
        }
        finally
        {
            // If its folder does not exist, deleting the file would fail.
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }
        }
    }

    private static void Copy(string database, string target)
    {
        // SQLite writes into an empty file, which keeps its rights, but does not wait until it is on the disk.
        PrivateFiles.Open(target, FileMode.Create, FileShare.None).Dispose();
        using (var session = new SqliteSession(database, BusyTimeout, ""))
        {
            session.Execute("VACUUM INTO $target", ("$target", target));
        }

        using var written = PrivateFiles.Open(target, FileMode.OpenOrCreate, FileShare.None);
        written.Flush(flushToDisk: true);
    }
}
