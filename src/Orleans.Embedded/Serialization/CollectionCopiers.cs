using System.Collections.Immutable;
using System.Reflection;

namespace Orleans.Serialization;

/// <summary>Copies the framework's collections and tuples.</summary>
internal static class CollectionCopiers
{
    private static readonly Dictionary<Type, string> Methods = new()
    {
        [typeof(List<>)] = nameof(CopyList),
        [typeof(HashSet<>)] = nameof(CopyHashSet),
        [typeof(Dictionary<,>)] = nameof(CopyDictionary),
        [typeof(KeyValuePair<,>)] = nameof(CopyPair),
        [typeof(ImmutableArray<>)] = nameof(CopyImmutableArray),
        [typeof(ImmutableList<>)] = nameof(CopyImmutableList),
        [typeof(ImmutableDictionary<,>)] = nameof(CopyImmutableDictionary),
    };

    /// <summary>Finds what copies a collection type, or null where it is none of ours.</summary>
    public static TypeCopier? Find(Type type)
    {
        if (type.IsSZArray)
        {
            return Bind(nameof(CopyArray), type.GetElementType()!);
        }

        if (!type.IsConstructedGenericType)
        {
            return null;
        }

        if (type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal))
        {
            // A tuple's fields are all it has, and they are public.
            return MemberCopier.For(type, type.GetFields(BindingFlags.Instance | BindingFlags.Public));
        }

        // What the compiler makes of a collection expression for a read-only interface arrives as a list.
        if (type.Name.StartsWith("<>z__ReadOnly", StringComparison.Ordinal))
        {
            return Bind(nameof(CopySequence), type.GetGenericArguments());
        }

        return Methods.TryGetValue(type.GetGenericTypeDefinition(), out var method) ? Bind(method, type.GetGenericArguments()) : null;
    }

    private static TypeCopier Bind(string method, params Type[] arguments) =>
        typeof(CollectionCopiers).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(arguments)
            .CreateDelegate<TypeCopier>();

    private static object CopyArray<T>(object value, CopyContext context)
    {
        var original = (T[])value;
        var copy = new T[original.Length];
        context.Record(original, copy);
        for (var i = 0; i < original.Length; i++)
        {
            copy[i] = context.Copy(original[i]);
        }

        return copy;
    }

    private static object CopyList<T>(object value, CopyContext context)
    {
        var original = (List<T>)value;
        var copy = new List<T>(original.Count);
        context.Record(original, copy);
        copy.AddRange(original.Select(context.Copy));
        return copy;
    }

    private static object CopySequence<T>(object value, CopyContext context) => CopyList<T>(new List<T>((IEnumerable<T>)value), context);

    private static object CopyHashSet<T>(object value, CopyContext context)
    {
        var original = (HashSet<T>)value;
        var copy = new HashSet<T>(original.Count, context.Copy(original.Comparer));
        context.Record(original, copy);
        copy.UnionWith(original.Select(context.Copy));
        return copy;
    }

    private static object CopyDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var original = (Dictionary<TKey, TValue>)value;
        var copy = new Dictionary<TKey, TValue>(original.Count, context.Copy(original.Comparer));
        context.Record(original, copy);
        foreach (var (key, item) in original)
        {
            copy.Add(context.Copy(key), context.Copy(item));
        }

        return copy;
    }

    private static object CopyPair<TKey, TValue>(object value, CopyContext context)
    {
        var (key, item) = (KeyValuePair<TKey, TValue>)value;
        return KeyValuePair.Create(context.Copy(key), context.Copy(item));
    }

    private static object CopyImmutableArray<T>(object value, CopyContext context)
    {
        var original = (ImmutableArray<T>)value;
        return original.IsDefault ? original : ImmutableArray.CreateRange(original, context.Copy);
    }

    private static object CopyImmutableList<T>(object value, CopyContext context) =>
        ImmutableList.CreateRange(((ImmutableList<T>)value).Select(context.Copy));

    private static object CopyImmutableDictionary<TKey, TValue>(object value, CopyContext context)
        where TKey : notnull
    {
        var original = (ImmutableDictionary<TKey, TValue>)value;
        return ImmutableDictionary.CreateRange(
            context.Copy(original.KeyComparer), context.Copy(original.ValueComparer), original.Select(context.Copy));
    }
}
