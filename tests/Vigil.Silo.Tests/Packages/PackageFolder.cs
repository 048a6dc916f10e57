namespace Vigil.Silo.Tests.Packages;

/// <summary>The packages of what was built together with these tests. They are packed once, when the first test needs them.</summary>
internal static class PackageFolder
{
    private static readonly Lazy<Task<string>> Packing = new(PackAsync);

    /// <summary>Gets the configuration that was built, as in <c>release</c>.</summary>
    public static string Configuration { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));

    /// <summary>Gets the folder of everything that is built.</summary>
    public static string Artifacts { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

    /// <summary>Gets the root of the repository, with a slash at its end.</summary>
    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Artifacts, "..")) + Path.DirectorySeparatorChar;

    /// <summary>Gets the version of all packages, which is the silo's.</summary>
    public static string Version { get; } = PrintVersion.Version.Split('+')[0];

    /// <summary>Returns the folder with the .nupkg and .snupkg files.</summary>
    public static Task<string> PackedAsync() => Packing.Value;

    private static async Task<string> PackAsync()
    {
        var folder = Path.Combine(Artifacts, "package", Configuration);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        var configuration = Configuration == "debug" ? "Debug" : "Release";
        await Dotnet.RunAsync(Repository, "pack", "Orleans.sln", "--no-build", "-c", configuration, "-nologo", "-nodeReuse:false", "-v", "quiet");
        return folder;
    }
}
