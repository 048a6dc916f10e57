using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Orleans.Serialization;

/// <summary>
/// Copies exceptions. A framework exception keeps what every exception has - message, stack trace, cause, data - and loses the rest; a
/// marked one keeps its carried members too; any other is refused.
/// </summary>
internal static class ExceptionCopier
{
    public static bool IsCarried(Type type) => WireType.IsMarked(type) || IsFramework(type);

    public static bool IsFramework(Type type) =>
        !WireType.IsMarked(type)
        && (type.Namespace == "System"
            || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true
            || type.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true);

    public static TypeCopier For(Type type)
    {
        if (!IsCarried(type))
        {
            throw new CodecNotFoundException($"Could not find a codec for type {type}.");
        }

        if (type == typeof(AggregateException))
        {
            return (value, context) => CopyAggregate((AggregateException)value, context);
        }

        var copyMembers = MemberCopier.For(type, WireType.Fields(type));
        return (value, context) => CopyBase((Exception)value, (Exception)copyMembers(value, context), context);
    }

    /// <summary>Copies an exception, or says in an exception of its own why it cannot be.</summary>
    public static Exception Copy(Exception exception)
    {
        try
        {
            return (Exception)CopyContext.CopyOf(exception)!;
        }
        catch (CodecNotFoundException refusal)
        {
            return refusal;
        }
    }

    private static AggregateException CopyAggregate(AggregateException original, CopyContext context)
    {
        var copy = new AggregateException(original.InnerExceptions.Select(context.Copy));
        context.Record(original, copy);
        CopyBase(original, copy, context);
        Message(copy) = Message(original);
        return copy;
    }

    private static Exception CopyBase(Exception original, Exception copy, CopyContext context)
    {
        Message(copy) = original.Message;
        InnerException(copy) = context.Copy(original.InnerException);
        copy.HResult = original.HResult;
        foreach (DictionaryEntry entry in original.Data)
        {
            copy.Data[context.CopyObject(entry.Key)!] = context.CopyObject(entry.Value);
        }

        return original.StackTrace is { } trace ? ExceptionDispatchInfo.SetRemoteStackTrace(copy, trace) : copy;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? Message(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? InnerException(Exception exception);
}
