using System.Reflection.Metadata;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Reads the compiler's marks of nullability: one byte for each place in a type, in the order in which it is written.</summary>
internal static class Nullability
{
    internal const byte Oblivious = 0;
    internal const byte NotNull = 1;
    internal const byte Nullable = 2;

    private const string MarksAttribute = "System.Runtime.CompilerServices.NullableAttribute";
    private const string ContextAttribute = "System.Runtime.CompilerServices.NullableContextAttribute";

    /// <summary>The marks written on one element, or, without any, the default of what surrounds it.</summary>
    internal static Marks Of(MetadataReader reader, CustomAttributeHandleCollection attributes, byte context)
    {
        if (Attributes.Find(reader, attributes, MarksAttribute) is not { } attribute)
        {
            return new Marks([], context);
        }

        var blob = reader.GetBlobReader(attribute.Value);
        blob.ReadUInt16();

        // One byte for every place is written as a byte; otherwise an array. Two bytes at the end count named arguments.
        return blob.RemainingBytes == sizeof(byte) + sizeof(ushort)
            ? new Marks([], blob.ReadByte())
            : new Marks(blob.ReadBytes(blob.ReadInt32()), Oblivious);
    }

    internal static byte Context(MetadataReader reader, TypeDefinitionHandle handle)
    {
        for (var current = handle; !current.IsNil; current = reader.GetTypeDefinition(current).GetDeclaringType())
        {
            if (Context(reader, reader.GetTypeDefinition(current).GetCustomAttributes()) is { } context)
            {
                return context;
            }
        }

        return Oblivious;
    }

    internal static byte Context(MetadataReader reader, MethodDefinition method) =>
        Context(reader, method.GetCustomAttributes()) ?? Context(reader, method.GetDeclaringType());

    /// <summary>Whether two annotated texts agree. Where either side has said nothing (~), there is nothing to disagree about.</summary>
    internal static bool Agree(string? left, string? right)
    {
        if (left is null || right is null)
        {
            return true;
        }

        int i = 0, j = 0;
        while (true)
        {
            var (a, b) = (Mark(left, ref i), Mark(right, ref j));
            if (a != b && a != '~' && b != '~')
            {
                return false;
            }

            if (i == left.Length || j == right.Length)
            {
                return i == left.Length && j == right.Length;
            }

            if (left[i++] != right[j++])
            {
                return false;
            }
        }
    }

    private static char Mark(string text, ref int position) =>
        position < text.Length && text[position] is '?' or '~' ? text[position++] : ' ';

    private static byte? Context(MetadataReader reader, CustomAttributeHandleCollection attributes)
    {
        if (Attributes.Find(reader, attributes, ContextAttribute) is not { } attribute)
        {
            return null;
        }

        var blob = reader.GetBlobReader(attribute.Value);
        blob.ReadUInt16();
        return blob.ReadByte();
    }

    internal sealed class Marks(byte[] marks, byte otherwise)
    {
        private int _next;

        internal byte Next() => marks.Length == 0 ? otherwise : marks[_next++];
    }
}
