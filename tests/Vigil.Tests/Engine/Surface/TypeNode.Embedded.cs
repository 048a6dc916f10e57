using System.Text;

namespace Vigil.Tests.Engine.Surface;

/// <summary>A type as a signature names it. Value types matter: in metadata they take no mark of nullability.</summary>
internal abstract record TypeNode
{
    internal sealed record Named(string Name, bool IsValueType, params TypeNode[] Arguments) : TypeNode;

    internal sealed record Parameter(string Name) : TypeNode;

    internal sealed record Array(TypeNode Element, int Rank) : TypeNode;

    /// <summary>A pointer or a reference, which carries no nullability of its own.</summary>
    internal sealed record Indirect(TypeNode Element, string Mark) : TypeNode;

    /// <summary>A type with a required modifier, such as the one that makes a setter init-only.</summary>
    internal sealed record Modified(TypeNode Element, string Modifier) : TypeNode;

    internal TypeNode WithoutModifiers => this is Modified modified ? modified.Element.WithoutModifiers : this;

    internal string Text() => Write(new StringBuilder(), static () => Nullability.Oblivious, annotate: false).ToString();

    /// <summary>Writes the type with ? where it may be null and ~ where nobody said.</summary>
    internal string Annotated(Nullability.Marks marks) => Write(new StringBuilder(), marks.Next, annotate: true).ToString();

    private StringBuilder Write(StringBuilder text, Func<byte> next, bool annotate)
    {
        switch (this)
        {
            case Modified modified:
                return modified.Element.Write(text, next, annotate);
            case Indirect indirect:
                return indirect.Element.Write(text, next, annotate).Append(indirect.Mark);
            case Parameter parameter:
                return text.Append(parameter.Name).Append(Sign(next(), annotate));
            case Array array:
                var outer = next();
                return array.Element.Write(text, next, annotate).Append('[').Append(',', array.Rank - 1).Append(']').Append(Sign(outer, annotate));
            case Named named:
                return WriteNamed(text, named, next, annotate);
            default:
                throw new InvalidOperationException($"There is no way to write a {GetType().Name}.");
        }
    }

    private static StringBuilder WriteNamed(StringBuilder text, Named named, Func<byte> next, bool annotate)
    {
        // A generic value type takes a mark that says nothing; a plain one takes none.
        var mark = named.IsValueType && named.Arguments.Length == 0 ? Nullability.NotNull : next();
        text.Append(named.Name);
        for (var i = 0; i < named.Arguments.Length; i++)
        {
            text.Append(i == 0 ? "<" : ", ");
            named.Arguments[i].Write(text, next, annotate);
        }

        text.Append(named.Arguments.Length == 0 ? "" : ">");
        return text.Append(Sign(named.IsValueType ? Nullability.NotNull : mark, annotate));
    }

    private static string Sign(byte mark, bool annotate) => !annotate ? "" : mark switch
    {
        Nullability.Oblivious => "~",
        Nullability.Nullable => "?",
        _ => "",
    };
}
