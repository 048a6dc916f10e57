using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>
/// Copies the arguments of a call, a result or a state, as a call carries it: what is not marked for the wire is refused, what has no
/// <see cref="IdAttribute"/> is left behind, and an object that is met twice stays one object.
/// </summary>
internal sealed class CopyContext
{
    private Dictionary<object, object>? _copies;

    public static object? CopyOf(object? value) => new CopyContext().CopyObject(value);

    public object? CopyObject(object? value)
    {
        if (value is null || TypeCopiers.For(value.GetType()) is not { } copier)
        {
            return value;
        }

        return _copies is not null && _copies.TryGetValue(value, out var copy) ? copy : copier(value, this);
    }

    /// <summary>Copies a value for somebody who expects a type: a grain travels as its reference.</summary>
    public object? CopyAs(object? value, Type expected) =>
        value is IGrainBase { GrainContext: Activation activation } && expected.IsInterface
            ? Reference.Create(expected, activation.GrainId, activation.Silo.Caller)
            : CopyObject(value);

    public T Copy<T>(T value) => Shared<T>.Value ? value : (T)CopyAs(value, typeof(T))!;

    /// <summary>Remembers a copy before its parts are copied, since they may lead back to it.</summary>
    public void Record(object original, object copy) => (_copies ??= new(ReferenceEqualityComparer.Instance)).Add(original, copy);

    private static class Shared<T>
    {
        public static readonly bool Value = TypeCopiers.IsShared(typeof(T));
    }
}
