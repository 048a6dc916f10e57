namespace Vigil.Storage.Sqlite;

/// <summary>Holds a data folder for one process. The operating system lets go of it however the process ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _held;

    private DataFolderLock(FileStream held) => _held = held;

    /// <summary>Locks the folder; creates it where it does not exist.</summary>
    /// <exception cref="StoreException">Another process has it, or it cannot be written.</exception>
    public static DataFolderLock Take(string folder)
    {
        // A locked file cannot be read, so who holds it stands in a file beside it.
        var pidFile = Path.Combine(folder, "vigil.pid");
        FileStream? held = null;
        try
        {
            Directory.CreateDirectory(folder);
            held = new(Path.Combine(folder, "vigil.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidFile, $"{Environment.ProcessId}\n");
            return new(held);
        }
        catch (IOException error) when (held is null && File.Exists(pidFile))
        {
            throw new StoreException(
                $"The data folder '{folder}' is in use by process {ReadPid(pidFile)}. Only one process can use it; several silos need PostgreSQL.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new StoreException($"The data folder '{folder}' cannot be used: {error.Message}", error);
        }
    }

    public void Dispose() => _held.Dispose();

    private static string ReadPid(string pidFile)
    {
        try
        {
            return File.ReadAllText(pidFile).Trim();
        }
        catch (IOException)
        {
            // The holder is just writing it.
            return "(unknown)";
        }
    }
}
