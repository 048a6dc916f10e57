using System.Reflection;

namespace Vigil.Gateway.Tests;

/// <summary>Which project may use which: what is not drawn here is not allowed.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new(StringComparer.Ordinal)
    {
        ["Vigil.Abstractions"] = [],
        ["Vigil.Platforms"] = ["Vigil.Abstractions"],
        ["Vigil.Storage"] = ["Vigil.Abstractions"],
        ["Vigil.Grains"] = ["Vigil.Abstractions", "Vigil.Platforms", "Vigil.Storage"],
        ["Vigil.Gateway"] = ["Vigil.Abstractions"],
        ["Vigil.Hosting"] = ["Vigil.Abstractions", "Vigil.Gateway", "Vigil.Grains", "Vigil.Platforms", "Vigil.Storage"],
        ["Vigil.Simulator"] = [],
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

    private static bool IsVigil(string name) => name.StartsWith("Vigil.", StringComparison.Ordinal) || name == "silo";
}
