using System.Reflection;
using System.Text.RegularExpressions;

namespace Vigil.Gateway.Tests;

/// <summary>Which project may use which: what is not drawn here is not allowed.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Vigil.Abstractions"] = [],
        ["Vigil.Platforms"] = ["Vigil.Abstractions"],
        ["Vigil.Storage"] = ["Vigil.Abstractions"],
        ["Vigil.Grains"] = ["Vigil.Abstractions", "Vigil.Platforms", "Vigil.Storage"],
        ["Vigil.Client"] = ["Vigil.Abstractions"],
        ["Vigil.Gateway"] = ["Vigil.Abstractions", "Vigil.Client"],
        ["Vigil.Hosting"] = ["Vigil.Abstractions", "Vigil.Client", "Vigil.Gateway", "Vigil.Grains", "Vigil.Platforms", "Vigil.Storage"],
        ["Vigil.Simulator"] = ["Vigil.Abstractions"],
    };

    public static TheoryData<string> Projects => [.. Arrows.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_OnlyWhatIsDrawn(string project) =>
        Assert.Empty(Assembly.Load(project).GetReferencedAssemblies().Select(assembly => assembly.Name!).Where(IsVigil).Except(Arrows[project]));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_ShowsItsInternals_ToTestsAlone(string project) => Assert.All(
        Assembly.Load(project).GetCustomAttributes<System.Runtime.CompilerServices.InternalsVisibleToAttribute>(),
        friend => Assert.True(friend.AssemblyName.EndsWith("Tests", StringComparison.Ordinal) || friend.AssemblyName is "Vigil.Benchmarks" or "Vigil.Kill", friend.AssemblyName));

    /// <summary>The page that follows one start names a type by its file; it must not outlive a renaming.</summary>
    [Fact]
    public void WalkPage_NamesTypesThatExist()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "a-start-from-request-to-observer.md"));
        var files = SourceFile().Matches(page).Select(match => (Project: match.Groups["project"].Value, Type: match.Groups["type"].Value)).ToArray();

        Assert.Equal(45, files.Length);
        Assert.All(files, file => Assert.Contains(Assembly.Load(file.Project).GetTypes(), type => type.Name == file.Type));
    }

    [GeneratedRegex(@"`(?<project>Vigil\.\w+)/[^`]*?(?<type>\w+)(\.\w+)?\.cs`")]
    private static partial Regex SourceFile();

    private static bool IsVigil(string name) => name.StartsWith("Vigil.", StringComparison.Ordinal) || name == "silo";
}
