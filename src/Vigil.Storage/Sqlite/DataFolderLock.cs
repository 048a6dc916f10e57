namespace Vigil.Storage.Sqlite;

/// <summary>Holds a data folder for one process. The operating system lets go of it however the process ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _held;

    private DataFolderLock(FileStream held) => _held = held;

    /// <summary>Takes the folder.</summary>
    /// <exception cref="StoreException">Another store has it.</exception>
    public static DataFolderLock Take(string folder)
    {
        // A locked file cannot be read, so who holds it stands in a file beside it.
        var pidFile = Path.Combine(folder, "vigil.pid");
        FileStream held;
        try
        {
            held = new(Path.Combine(folder, "vigil.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new StoreException(
                $"The data folder '{folder}' is in use by process {ReadPid(pidFile)}. Only one process can use it; several silos need PostgreSQL.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StoreException($"The data folder '{folder}' cannot be written.", error);
        }

        File.WriteAllText(pidFile, $"{Environment.ProcessId}\n");
        return new(held);
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
