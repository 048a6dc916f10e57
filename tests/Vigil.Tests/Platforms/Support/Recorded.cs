namespace Vigil.Tests.Platforms.Support;

/// <summary>Truncation as the platforms' own documentation shows them, kept as files.</summary>
internal static class Recorded
{
    public static string Text(string platform, string name) => File.ReadAllText(Path.Combine(FolderOf(platform), name));

    /// <summary>Returns every recorded body of one platform, or of all platforms, by its name.</summary>
    public static IReadOnlyList<(string Name, string Text)> All(string platform = "") =>
        [.. Directory.EnumerateFiles(FolderOf(platform), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))];

    private static string FolderOf(string platform) => Path.Combine(AppContext.BaseDirectory, "Platforms", platform);
}
