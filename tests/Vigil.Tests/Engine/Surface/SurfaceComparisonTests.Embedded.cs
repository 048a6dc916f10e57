namespace Vigil.Tests.Engine.Surface;

/// <summary>Would the surface test see a difference if there were one?</summary>
public sealed class SurfaceComparisonTests
{
    private const string Samples = "Vigil.Tests.Engine.Surface.";

    [Fact]
    public void Differences_FaithfulSubset_AreNone() => Assert.Empty(Differences("Faithful"));

    [Fact]
    public void Differences_InterfaceThatWeImplement_MustBeWhole()
    {
        var difference = Assert.Single(Differences("Faithful", "IContract"));

        Assert.Equal("Orleans.IContract: lacks 'abstract void Second()', which whoever implements it has to write.", difference);
    }

    [Theory]
    [InlineData("Orleans.Thing: declared 'class Orleans.Thing', really 'abstract class Orleans.Thing'.")]
    [InlineData("Orleans.Thing: has 'base System.Object', really 'base System.Random'.")]
    [InlineData("Orleans.Thing: has 'const int Answer = 43', really 'const int Answer = 42'.")]
    [InlineData("Orleans.Thing: has 'string Name { get; set; }', really 'required string Name { get; init; }'.")]
    [InlineData("Orleans.Thing: has 'string Nickname { get; set; }', really 'string? Nickname { get; set; }'.")]
    [InlineData("Orleans.Thing: has 'static void Out(ref int result, params string[] rest)', really 'static void Out(out int result, params string[] rest)'.")]
    [InlineData("Orleans.Thing: has 'void Step()', really 'protected abstract void Step()'.")]
    [InlineData("Orleans.Thing: has 'void Invented()', which is not there.")]
    [InlineData("Orleans.Level: has 'const Orleans.Level High = 3', really 'const Orleans.Level High = 2'.")]
    [InlineData("Orleans.IInvented: there is no such type.")]
    public void Differences_EachKind_IsNamed(string expected) => Assert.Contains(expected, Differences("Faithless"));

    [Fact]
    public void Differences_GenericMethod_ComparesConstraintsAndDefaults() => Assert.Contains(
        Differences("Faithless"),
        difference => difference.Contains("GetAsync<M0 : class>(M0 item, int limit = 11)', really", StringComparison.Ordinal)
            && difference.Contains("GetAsync<M0 : class & new()>(M0 item, int limit = 10)'", StringComparison.Ordinal));

    [Fact]
    public void Differences_Faithless_AreNoMoreThanWereMade() => Assert.Equal(12, Differences("Faithless").Count);

    [Fact]
    public void HandKept_ReadsWhatTheReaderWrites()
    {
        var lines = Read("Original").SelectMany(type => type.Members.Select(member => $"    {member.Text}").Prepend(type.Declaration));
        using var text = new StringReader("# A comment\n\n" + string.Join('\n', lines));

        var real = HandKept.Read(text).ToDictionary(type => type.Name);

        Assert.Empty(SurfaceComparison.Differences(Read("Original"), real, new HashSet<string> { "Orleans.IContract" }));
        Assert.Single(SurfaceComparison.Differences(Read("Faithful"), real, new HashSet<string> { "Orleans.IContract" }));
    }

    private static List<string> Differences(string standIn, params string[] implemented) =>
        [.. SurfaceComparison.Differences(
            Read(standIn),
            Read("Original").ToDictionary(type => type.Name),
            implemented.Select(name => $"Orleans.{name}").ToHashSet())];

    private static IEnumerable<SurfaceType> Read(string samples)
    {
        var space = $"{Samples}{samples}.";
        return SurfaceReader.Read(typeof(SurfaceComparisonTests).Assembly.Location)
            .Where(type => type.Name.StartsWith(space, StringComparison.Ordinal))
            .Select(type => new SurfaceType(
                Renamed(type.Name),
                Renamed(type.Declaration),
                [.. type.Members.Select(member => new SurfaceMember(Renamed(member.Text), Renamed(member.Annotated!), member.MustBeImplemented))]));

        string Renamed(string text) => text.Replace(space, "Orleans.", StringComparison.Ordinal);
    }
}
