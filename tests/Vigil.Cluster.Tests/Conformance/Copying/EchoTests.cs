using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Copying;

/// <summary>What travels arrives as it was sent.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class EchoTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Everything_ArrivesEqual()
    {
        var sent = Sample();

        var echo = await cluster.NewGrain<ICopyGrain>().EchoEverythingAsync(sent);

        foreach (var property in typeof(Everything).GetProperties())
        {
            Assert.Equal(property.GetValue(sent), property.GetValue(echo));
        }

        Assert.Equal((DateTimeKind.Utc, DateTimeKind.Unspecified), (echo.Utc.Kind, echo.Unspecified.Kind));
        Assert.Equal(sent.Offset.Offset, echo.Offset.Offset);
    }

    [Fact]
    public async Task Everything_Empty_ArrivesEmpty()
    {
        var echo = await cluster.NewGrain<ICopyGrain>().EchoEverythingAsync(new Everything());

        var fresh = new Everything();
        Assert.All(
            typeof(Everything).GetProperties().Where(property => property.Name != nameof(Everything.ImmutableArray)),
            property => Assert.Equal(property.GetValue(fresh), property.GetValue(echo)));
        Assert.True(echo.ImmutableArray.IsDefault);
    }

    [Fact]
    public async Task EveryPlaceOfData_Travels()
    {
        var sent = new Places(10) { InitOnly = 4, Internal = 6, Required = 7 };
        sent.Raise();

        var echo = await cluster.NewGrain<ICopyGrain>().EchoPlacesAsync(sent);

        Assert.Equal([11, 11, 12, 4, 14, 6, 7], echo.All());
    }

    [Fact]
    public async Task Derived_ArrivesAsItselfWithTheDataOfEachLevel()
    {
        var circle = new Circle("circle", new Point(1, 2)) { Radius = 2.5, Colour = Colour.Blue };

        Assert.Equal(circle, await cluster.NewGrain<ICopyGrain>().EchoShapeAsync(circle));
    }

    [Fact]
    public async Task Mixture_ArrivesInOrder()
    {
        var circle = new Circle("circle", new Point(1, 2));
        var group = new Group("group") { Members = { circle, new Group("inner") } };

        var echo = await cluster.NewGrain<ICopyGrain>().EchoShapesAsync([circle, null, group, circle]);

        Assert.Equal((circle, null, circle), (echo[0], echo[1], echo[3]));
        Assert.Equal(["circle", "inner"], Assert.IsType<Group>(echo[2]).Members.Select(member => member.Name));
        Assert.Same(echo[0], echo[3]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Ünïcödé 🚀 and \0 zero")]
    public async Task Text_ArrivesAsItIs(string? text) => Assert.Equal(text, await cluster.NewGrain<ICopyGrain>().EchoTextAsync(text));

    [Fact]
    public async Task Null_OfAValueType_Arrives() => Assert.Null(await cluster.NewGrain<ICopyGrain>().GetNothingAsync());

    [Fact]
    public async Task Bytes_OfOneMebibyte_Arrive()
    {
        var bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);

        Assert.Equal(bytes, await cluster.NewGrain<ICopyGrain>().EchoBytesAsync(bytes));
    }

    [Fact]
    public async Task Dictionary_KeepsItsComparer()
    {
        var echo = await cluster.NewGrain<ICopyGrain>().EchoDictionaryAsync(new(StringComparer.OrdinalIgnoreCase) { ["key"] = 1 });

        Assert.Equal(1, echo["KEY"]);
    }

    private static Everything Sample() => new()
    {
        Bool = true,
        Byte = 200,
        Short = -5,
        Int = int.MinValue,
        Long = long.MaxValue,
        ULong = ulong.MaxValue,
        Float = 1.5f,
        Double = double.Epsilon,
        Decimal = 12345.6789m,
        Char = 'ß',
        String = "text",
        Guid = Guid.NewGuid(),
        Utc = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Unspecified = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Unspecified),
        Offset = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-90)),
        Span = TimeSpan.FromTicks(-1),
        Uri = new Uri("https://example.org/a?b=c"),
        Bytes = [1, 2, 3],
        Value = 7,
        Colour = Colour.Blue,
        List = ["one", "two"],
        Dictionary = new() { ["one"] = 1 },
        Set = [Guid.Empty],
        ImmutableArray = [1, 2],
        ImmutableList = ["a"],
        ImmutableDictionary = System.Collections.Immutable.ImmutableDictionary<string, Point>.Empty.Add("origin", new Point(0, 0)),
        Tuple = (1, "right"),
        Pair = new("key", 2),
        Jagged = [["a"], [], ["b", "c"]],
        Date = new DateOnly(2030, 1, 2),
        Time = new TimeOnly(3, 4),
        Version = new Version(1, 2, 3),
        ReadOnlyList = [new Circle("circle", new Point(1, 2))],
    };
}
