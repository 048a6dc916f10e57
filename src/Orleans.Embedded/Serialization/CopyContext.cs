namespace Orleans.Serialization;

/// <summary>
/// Copies one set of arguments, one result or one state, as a call carries it: what is not marked for the wire is refused, what has
/// no <see cref="IdAttribute"/> is left behind, and an object that is met twice stays one object.
/// </summary>
internal sealed class CopyContext
{
    private Dictionary<object, object>? _copies;

    public static object? CopyOf(object? value) => value is null ? null : new CopyContext().CopyObject(value);

    /// <summary>Copies the arguments of one call; they share their copies.</summary>
    public static object?[] CopyArguments(object?[]? arguments)
    {
        if (arguments is null or [])
        {
            return [];
        }

        var context = new CopyContext();
        return Array.ConvertAll(arguments, context.CopyObject);
    }

    public object? CopyObject(object? value)
    {
        if (value is null)
        {
            return null;
        }

        if (TypeCopiers.For(value.GetType()) is not { } copier)
        {
            return value;
        }

        return _copies is not null && _copies.TryGetValue(value, out var copy) ? copy : copier(value, this);
    }

    public T Copy<T>(T value) => Shared<T>.Value ? value : (T)CopyObject(value)!;

    /// <summary>Remembers a copy before its parts are copied, since they may lead back to it.</summary>
    public void Record(object original, object copy) => (_copies ??= new(ReferenceEqualityComparer.Instance)).Add(original, copy);

    private static class Shared<T>
    {
        public static readonly bool Value = TypeCopiers.IsShared(typeof(T));
    }
}
