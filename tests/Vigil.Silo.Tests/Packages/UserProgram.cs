using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vigil.Silo.Tests.Packages;

/// <summary>
/// A program that is built against the packages, as a user's is: none of this repository's settings apply where it stands. Packages of Vigil come from
/// <see cref="PackageFolder"/> alone, all others from where the machine has them.
/// </summary>
internal static partial class UserProgram
{
    private static readonly string Root = Path.Combine(PackageFolder.Artifacts, "package-users", PackageFolder.Configuration);
    private static readonly Lazy<Task> Prepared = new(PrepareAsync);

    // What other builds on this machine have restored.
    private static readonly string Restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Copies a folder with a solution and builds it, in which warnings are errors.</summary>
    /// <param name="folder">The folder; its projects may refer to the packages' version as <c>$(VigilVersion)</c>.</param>
    /// <returns>The copy.</returns>
    public static async Task<string> BuildAllAsync(string folder)
    {
        var copy = await CopyAsync(folder);
        await BuildAsync(copy, "-warnaserror");
        return copy;
    }

    private static async Task<string> CopyAsync(string folder)
    {
        await Prepared.Value;
        var copy = Path.Combine(Root, Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)));
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)))
        {
            // Somebody may have built it where it is.
            if (path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            {
                continue;
            }

            var target = Path.Combine(copy, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(folder, path), target);
        }

        return copy;
    }

    private static Task<string> BuildAsync(string copy, params ReadOnlySpan<string> arguments) => Dotnet.RunAsync(
        copy, ["build", .. arguments, "-nologo", "-nodeReuse:false", "-p:UseSharedCompilation=false", $"-p:VigilVersion={PackageFolder.Version}", "-v", "quiet"]);

    private static async Task PrepareAsync()
    {
        var feed = await PackageFolder.PackedAsync();
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }

        Directory.CreateDirectory(Root);
        await File.WriteAllTextAsync(Path.Combine(Root, ".editorconfig"), "root = true\n");
        foreach (var file in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        {
            await File.WriteAllTextAsync(Path.Combine(Root, file), "<Project />\n");
        }

        var sources = await Dotnet.RunAsync(Root, "nuget", "list", "source");
        Config(feed, [.. SourceName().Matches(sources).Select(match => match.Groups["name"].Value)]).Save(Path.Combine(Root, "NuGet.config"));
    }

    private static XElement Config(string feed, IEnumerable<string> others)
    {
        // A package of an older build that somebody has restored there would be taken in place of the one that was just packed.
        var isStale = Directory.Exists(Restored) && Directory.EnumerateDirectories(Restored, "vigil*").Any();
        return new(
            "configuration",
            new XElement("config", Add("globalPackagesFolder", "packages")),
            new XElement("fallbackPackageFolders", isStale ? null : Add("restored", Restored)),
            new XElement("packageSources", Add("vigil", feed)),
            new XElement("packageSourceMapping", Mapping("vigil", "Vigil", "Vigil.*"), others.Select(other => Mapping(other, "*"))));
    }

    private static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));

    private static XElement Mapping(string source, params string[] patterns) => new(
        "packageSource", new XAttribute("key", source), patterns.Select(pattern => new XElement("package", new XAttribute("pattern", pattern))));

    [GeneratedRegex(@"^ *\d+\. +(?<name>.+) \[Enabled\]", RegexOptions.Multiline)]
    private static partial Regex SourceName();
}
