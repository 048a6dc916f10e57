using System.Collections.Immutable;

namespace Vigil.Cluster.Tests.Conformance.Copying;

[GenerateSerializer, Alias("conformance.Colour")]
public enum Colour : byte
{
    None = 0,
    Red = 3,
    Blue = 200,
}

[GenerateSerializer, Alias("conformance.Point")]
internal readonly record struct Point([property: Id(0)] int X, [property: Id(1)] int Y);

[GenerateSerializer, Alias("conformance.Shape")]
internal abstract record Shape([property: Id(0)] string Name)
{
    [Id(1)]
    public Colour Colour { get; init; }
}

[GenerateSerializer, Alias("conformance.Circle")]
internal sealed record Circle(string Name, [property: Id(0)] Point Centre) : Shape(Name)
{
    [Id(1)]
    public double? Radius { get; init; }
}

[GenerateSerializer, Alias("conformance.Group")]
internal sealed record Group(string Name) : Shape(Name)
{
    [Id(0)]
    public List<Shape> Members { get; init; } = [];
}

/// <summary>Data in every place that can carry it.</summary>
[GenerateSerializer, Alias("conformance.Places")]
internal sealed class Places(int constructed)
{
    [Id(0)]
    private int _field = constructed;

    [Id(1)]
    private readonly int _readOnlyField = constructed + 1;

    [Id(2)]
    public int GetOnly { get; } = constructed + 2;

    [Id(3)]
    public int InitOnly { get; init; }

    [Id(4)]
    public int PrivatelySet { get; private set; } = constructed + 4;

    [Id(5)]
    internal int Internal { get; set; }

    [Id(6)]
    public required int Required { get; set; }

    public void Raise() => _field++;

    public int[] All() => [_field, _readOnlyField, GetOnly, InitOnly, PrivatelySet, Internal, Required];
}

#pragma warning disable ORLEANS0004 // That a member without [Id] stays behind is what this shows.
/// <summary>One member that travels and two that do not.</summary>
[GenerateSerializer, Alias("conformance.Partly")]
internal sealed class Partly
{
    [Id(0)]
    public string? Sent { get; set; }

    [field: NonSerialized]
    public string? Marked { get; set; }

    public string? Unmarked { get; set; }
}
#pragma warning restore ORLEANS0004

/// <summary>A node of a graph with shared parts and circles.</summary>
[GenerateSerializer, Alias("conformance.Node")]
internal sealed class Node
{
    [Id(0)]
    public string? Name { get; set; }

    [Id(1)]
    public List<Node> Next { get; set; } = [];
}

/// <summary>One of each kind of framework type that travels.</summary>
[GenerateSerializer, Alias("conformance.Everything")]
internal sealed class Everything
{
    [Id(0)] public bool Bool { get; set; }

    [Id(1)] public byte Byte { get; set; }

    [Id(2)] public short Short { get; set; }

    [Id(3)] public int Int { get; set; }

    [Id(4)] public long Long { get; set; }

    [Id(5)] public ulong ULong { get; set; }

    [Id(6)] public float Float { get; set; }

    [Id(7)] public double Double { get; set; }

    [Id(8)] public decimal Decimal { get; set; }

    [Id(9)] public char Char { get; set; }

    [Id(10)] public string? String { get; set; }

    [Id(11)] public Guid Guid { get; set; }

    [Id(12)] public DateTime Utc { get; set; }

    [Id(13)] public DateTime Unspecified { get; set; }

    [Id(14)] public DateTimeOffset Offset { get; set; }

    [Id(15)] public TimeSpan Span { get; set; }

    [Id(16)] public Uri? Uri { get; set; }

    [Id(17)] public byte[]? Bytes { get; set; }

    [Id(18)] public int? Null { get; set; }

    [Id(19)] public int? Value { get; set; }

    [Id(20)] public Colour Colour { get; set; }

    [Id(21)] public List<string>? List { get; set; }

    [Id(22)] public Dictionary<string, int>? Dictionary { get; set; }

    [Id(23)] public HashSet<Guid>? Set { get; set; }

    [Id(24)] public ImmutableArray<int> ImmutableArray { get; set; }

    [Id(25)] public ImmutableList<string>? ImmutableList { get; set; }

    [Id(26)] public ImmutableDictionary<string, Point>? ImmutableDictionary { get; set; }

    [Id(27)] public (int Left, string Right) Tuple { get; set; }

    [Id(28)] public KeyValuePair<string, int> Pair { get; set; }

    [Id(29)] public string[][]? Jagged { get; set; }

    [Id(30)] public DateOnly Date { get; set; }

    [Id(31)] public TimeOnly Time { get; set; }

    [Id(32)] public Version? Version { get; set; }

    [Id(33)] public IReadOnlyList<Shape>? ReadOnlyList { get; set; }
}

/// <summary>A subclass that nobody marked.</summary>
internal sealed record UnmarkedShape(string Name) : Shape(Name);

/// <summary>A collection of our own that nobody marked.</summary>
internal sealed class UnmarkedList : List<string>;
