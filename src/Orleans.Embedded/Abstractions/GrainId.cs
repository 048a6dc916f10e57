using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Orleans.Runtime;

/// <summary>The identity of a grain: its type and its key.</summary>
[GenerateSerializer, Immutable]
public readonly struct GrainId(GrainType type, IdSpan key) : IEquatable<GrainId>, IComparable<GrainId>
{
    /// <summary>Gets the type.</summary>
    public GrainType Type { get; } = type;

    /// <summary>Gets the key.</summary>
    public IdSpan Key { get; } = key;

    /// <summary>Gets a value indicating whether this is no identity.</summary>
    public bool IsDefault => Type.IsDefault && Key.IsDefault;

    /// <summary>Tells whether two identities are the same.</summary>
    public static bool operator ==(GrainId left, GrainId right) => left.Equals(right);

    /// <summary>Tells whether two identities differ.</summary>
    public static bool operator !=(GrainId left, GrainId right) => !left.Equals(right);

    /// <summary>Makes an identity.</summary>
    public static GrainId Create(string type, string key) => Create(GrainType.Create(type), key);

    /// <summary>Makes an identity.</summary>
    public static GrainId Create(GrainType type, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        return new(type, IdSpan.Create(key));
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static GrainId Parse(string value) =>
        TryParse(value, out var result) ? result : throw new ArgumentException($"Unable to parse \"{value}\" as a grain id");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? value, out GrainId result)
    {
        var slash = value?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        result = slash < 0 ? default : new(new GrainType(IdSpan.Create(value![..slash])), IdSpan.Create(value[(slash + 1)..]));
        return slash >= 0;
    }

    /// <inheritdoc/>
    public bool Equals(GrainId other) => Key.Equals(other.Key) && Type.Equals(other.Type);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is GrainId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Key);

    /// <summary>Gets a hash that every silo of a cluster computes alike. It is not to be stored: engines differ in it.</summary>
    public uint GetUniformHashCode() => unchecked((Type.GetUniformHashCode() * 31) + Key.GetUniformHashCode());

    /// <inheritdoc/>
    public int CompareTo(GrainId other) => string.CompareOrdinal(Type.ToString(), other.Type.ToString()) is var order && order != 0
        ? order
        : string.CompareOrdinal(Key.ToString(), other.Key.ToString());

    /// <inheritdoc/>
    public override string ToString() => $"{Type}/{Key}";
}

/// <summary>The type of a grain.</summary>
[GenerateSerializer, Immutable]
public readonly struct GrainType : IEquatable<GrainType>
{
    /// <summary>Initializes a new instance of the <see cref="GrainType"/> struct.</summary>
    public GrainType(IdSpan id) => Value = id;

    /// <summary>Gets the name.</summary>
    public IdSpan Value { get; }

    /// <summary>Gets a value indicating whether this is no type.</summary>
    public bool IsDefault => Value.IsDefault;

    /// <summary>Makes a type.</summary>
    public static GrainType Create(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        return new(IdSpan.Create(value));
    }

    /// <inheritdoc/>
    public bool Equals(GrainType obj) => Value.Equals(obj.Value);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is GrainType other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Gets a hash that every silo of a cluster computes alike.</summary>
    public uint GetUniformHashCode() => Value.GetUniformHashCode();

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>A part of an identity.</summary>
[GenerateSerializer, Immutable]
public readonly struct IdSpan : IEquatable<IdSpan>
{
    private readonly string? _value;

    private IdSpan(string value) => _value = value;

    /// <summary>Gets a value indicating whether it is empty.</summary>
    public bool IsDefault => string.IsNullOrEmpty(_value);

    /// <summary>Makes a part.</summary>
    public static IdSpan Create(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new(id);
    }

    /// <inheritdoc/>
    public bool Equals(IdSpan obj) => string.Equals(_value, obj._value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is IdSpan other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    /// <summary>Gets a hash that every silo of a cluster computes alike.</summary>
    public uint GetUniformHashCode()
    {
        var hash = 2166136261u;
        foreach (var unit in Encoding.UTF8.GetBytes(ToString()))
        {
            hash = unchecked((hash ^ unit) * 16777619u);
        }

        // The last bytes of a plain FNV hash move only its low bits, and reminder ranges are cut by the high ones.
        hash = unchecked((hash ^ (hash >> 16)) * 0x85ebca6b);
        return hash ^ (hash >> 13);
    }

    /// <inheritdoc/>
    public override string ToString() => _value ?? "";
}
