using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Copies a value of one type.</summary>
internal delegate object TypeCopier(object value, CopyContext context);

/// <summary>
/// Decides how the values of a type are carried. The list of framework types is closed: a type that our grains do not use is refused
/// even where Orleans would carry it.
/// </summary>
internal static class TypeCopiers
{
    private static readonly ConcurrentDictionary<Type, TypeCopier?> Copiers = new();

    private static readonly HashSet<Type> SharedTypes =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(TimeSpan), typeof(DateOnly),
        typeof(TimeOnly), typeof(Uri), typeof(Version), typeof(CancellationToken),
    ];

    /// <summary>Finds what copies a type's values, or null where they need no copy because they cannot change.</summary>
    /// <exception cref="CodecNotFoundException">The type is not carried.</exception>
    public static TypeCopier? For(Type type) => Copiers.GetOrAdd(type, Make);

    /// <summary>Tells whether values of a declared type need no copy, whatever they are.</summary>
    public static bool IsShared(Type type) =>
        type.IsPrimitive
        || type.IsEnum
        || SharedTypes.Contains(type)
        || (Nullable.GetUnderlyingType(type) is { } underlying && IsShared(underlying))
        || typeof(StringComparer).IsAssignableFrom(type)
        || typeof(Reference).IsAssignableFrom(type)
        || (type.Assembly == typeof(TypeCopiers).Assembly && type.IsDefined(typeof(ImmutableAttribute), inherit: false));

    /// <summary>Tells whether a declared type may hold something that is carried. What it holds is looked at when it is copied.</summary>
    public static bool IsCarried(Type declared)
    {
        if (declared == typeof(object) || declared == typeof(JsonElement))
        {
            return false;
        }

        if (Nullable.GetUnderlyingType(declared) is { } underlying)
        {
            return IsCarried(underlying);
        }

        if (declared.IsInterface || declared.IsAbstract || IsShared(declared) || WireType.IsMarked(declared))
        {
            return true;
        }

        return typeof(Exception).IsAssignableFrom(declared) ? ExceptionCopier.IsCarried(declared) : CollectionCopiers.Find(declared) is not null;
    }

    private static TypeCopier? Make(Type type)
    {
        if (IsShared(type))
        {
            return null;
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return ExceptionCopier.For(type);
        }

        if (WireType.IsMarked(type))
        {
            return WireType.CopierFor(type);
        }

        if (CollectionCopiers.Find(type) is { } collection)
        {
            return collection;
        }

        if (typeof(IAddressable).IsAssignableFrom(type))
        {
            throw new NotSupportedException($"{type} is an object, and only references travel. Pass AsReference or CreateObjectReference of it.");
        }

        // Comparers of the framework that have no public type: EqualityComparer<T>.Default and the like.
        if (IsDefaultComparer(type))
        {
            return null;
        }

        throw NotFound(type);
    }

    public static CodecNotFoundException NotFound(Type type) => new($"Could not find a copier for type {type}.");

    private static bool IsDefaultComparer(Type type) =>
        type.Namespace == typeof(EqualityComparer<>).Namespace && type.BaseType is { IsGenericType: true } parent
        && parent.GetGenericTypeDefinition() == typeof(EqualityComparer<>);
}
