using System.Reflection;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Is what Orleans.Embedded shows the same as what Orleans shows?</summary>
public sealed class SurfaceTests
{
    private static readonly Assembly Embedded = typeof(Grain).Assembly;

    [Fact]
    public void Embedded_EveryVisibleTypeAndMember_IsTheSameInOrleans()
    {
        var real = Real();

        var differences = SurfaceComparison.Differences(StandIn(), real, ImplementedByUs()).ToArray();

        Assert.True(differences.Length == 0, $"{differences.Length} differences from Orleans:\n{string.Join('\n', differences)}");
    }

    [Fact]
    public void Embedded_TypesOfServedAssemblies_AreReadFromThemAndNotKeptByHand()
    {
        var served = Served().Select(type => type.Name).ToHashSet();

        Assert.DoesNotContain(HandKeptTypes(), type => served.Contains(type.Name));
    }

    [Fact]
    public void HandKept_EveryType_IsUsedByEmbedded()
    {
        var used = StandIn().Select(type => type.Name).ToHashSet();

        Assert.DoesNotContain(HandKeptTypes(), type => !used.Contains(type.Name));
    }

    [Fact]
    public void Served_KnownTypes_AreFound()
    {
        var served = Served().ToDictionary(type => type.Name);

        // One known type of each assembly, so that an empty reading cannot pass for agreement.
        Assert.Contains(served["Orleans.Grain"].Members, member => member.Text == "Orleans.Runtime.IGrainContext GrainContext { get; }");
        Assert.Contains("Orleans.TestingHost.InProcessTestCluster", served.Keys);
    }

    // Public types of the namespace Orleans.Embedded are the engine's own: the set-up that differs by engine anyhow.
    private static IEnumerable<SurfaceType> StandIn() =>
        SurfaceReader.Read(Embedded.Location).Where(type => !type.Name.StartsWith("Orleans.Embedded.", StringComparison.Ordinal));

    private static Dictionary<string, SurfaceType> Real() =>
        Served().Concat(HandKeptTypes()).DistinctBy(type => type.Name).ToDictionary(type => type.Name);

    private static IEnumerable<SurfaceType> Served() => typeof(SurfaceTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Where(attribute => attribute.Key == "OrleansReference")
        .SelectMany(attribute => SurfaceReader.Read(attribute.Value!));

    private static IReadOnlyList<SurfaceType> HandKeptTypes()
    {
        using var text = new StreamReader(typeof(SurfaceTests).Assembly.GetManifestResourceStream("Surface.txt")!);
        return HandKept.Read(text);
    }

    private static HashSet<string> ImplementedByUs()
    {
        var ours = new[] { "Vigil.Abstractions", "Vigil.Platforms", "Vigil.Storage", "Vigil.Grains" }.SelectMany(name => Assembly.Load(name).GetTypes());
        return ours
            .SelectMany(type => type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).Append(type.BaseType))
            .Where(type => type?.Assembly == Embedded)
            .Select(type => $"{type!.Namespace}.{type.Name}")
            .ToHashSet();
    }
}
