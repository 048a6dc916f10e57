namespace Vigil.Storage.Sqlite;

/// <summary>Locks a data folder for one process. The operating system releases the lock however the process ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <summary>Locks the folder, creating it if it does not exist.</summary>
    /// <exception cref="StoreException">Another process has locked it, or it cannot be written.</exception>
    public static DataFolderLock Take(string folder)
    {
        // A locked file cannot be read, so the owner's process id is in a second file.
        var pidFile = Path.Combine(folder, "vigil.pid");
        FileStream? file = null;
        try
        {
            PrivateFiles.CreateFolder(folder);
            file = PrivateFiles.Open(Path.Combine(folder, "vigil.lock"), FileMode.OpenOrCreate, FileShare.None);
            using var pid = PrivateFiles.Open(pidFile, FileMode.Create, FileShare.Read);
            pid.Write(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            return new(file);
        }
        catch (IOException error) when (file is null && File.Exists(pidFile))
        {
            throw new StoreException(
                $"The data folder '{folder}' is in use by process {ReadPid(pidFile)}. Only one process can use it; several silos need PostgreSQL.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw new StoreException($"The data folder '{folder}' cannot be used: {error.Message}", error);
        }
    }

    public void Dispose() => _file.Dispose();

    private static string ReadPid(string pidFile)
    {
        try
        {
            return File.ReadAllText(pidFile).Trim();
        }
        catch (IOException)
        {
            // The owner is writing it at this moment.
            return "(unknown)";
        }
    }
}
