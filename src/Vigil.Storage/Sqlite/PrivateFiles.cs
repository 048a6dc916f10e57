namespace Vigil.Storage.Sqlite;

/// <summary>Creates files that only their owner can access. On Windows nothing is set: new files inherit the rights of their folder.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = File | UnixFileMode.UserExecute;
    private const string OwnFiles = "vigil.";

    /// <summary>Creates a folder that only its owner can access. The rights of an existing folder are changed only if it holds nothing but Vigil's files.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, Folder);
        }
        else if (!System.IO.File.GetUnixFileMode(folder).HasFlag(UnixFileMode.StickyBit)
            && Directory.EnumerateFileSystemEntries(folder).All(entry => Path.GetFileName(entry).StartsWith(OwnFiles, StringComparison.Ordinal)))
        {
            TrySetFolder(folder);
        }
    }

    /// <summary>Opens or creates a file and makes it accessible to its owner only.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File;
            Restrict(path);
        }

        return new(path, options);
    }

    /// <summary>Makes an existing file accessible to its owner only.</summary>
    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows() && System.IO.File.Exists(path))
        {
            System.IO.File.SetUnixFileMode(path, File);
        }
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void TrySetFolder(string folder)
    {
        try
        {
            System.IO.File.SetUnixFileMode(folder, Folder);
        }
        catch (UnauthorizedAccessException)
        {
            // The folder belongs to another user, like a mounted volume, who decides about its rights. The files in it are still restricted.
        }
    }
}
