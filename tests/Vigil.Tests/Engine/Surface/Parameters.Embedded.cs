using System.Reflection;
using System.Reflection.Metadata;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Writes the parameters of a method, with the way they are passed and their default values.</summary>
internal static class Parameters
{
    internal static (string Text, string Annotated) Write(MetadataReader reader, TypeNode type, Parameter parameter, byte context)
    {
        var attributes = parameter.GetCustomAttributes();
        var (way, inner) = type.WithoutModifiers is TypeNode.Indirect { Mark: "&" } reference ? (Way(reader, parameter), reference.Element) : ("", type);
        var prefix = $"{Attributes.Prefix(reader, attributes)}{Params(reader, attributes)}{way}";
        var suffix = $" {reader.GetString(parameter.Name)}{Default(reader, parameter)}";
        return (prefix + inner.Text() + suffix, prefix + inner.Annotated(Nullability.Of(reader, attributes, context)) + suffix);
    }

    internal static (string Text, string Annotated) Returned(MetadataReader reader, TypeNode type, Parameter? declared, byte context)
    {
        // Without attributes of its own the returned value has no row in the metadata.
        if (declared is not { } parameter)
        {
            return (type.Text(), type.Annotated(new Nullability.Marks([], context)));
        }

        var attributes = parameter.GetCustomAttributes();
        var prefix = Attributes.Prefix(reader, attributes);
        return (prefix + type.Text(), prefix + type.Annotated(Nullability.Of(reader, attributes, context)));
    }

    private static string Way(MetadataReader reader, Parameter parameter) =>
        parameter.Attributes.HasFlag(ParameterAttributes.Out) ? "out "
        : Attributes.Has(reader, parameter.GetCustomAttributes(), "System.Runtime.CompilerServices.IsReadOnlyAttribute") ? "in "
        : Attributes.Has(reader, parameter.GetCustomAttributes(), "System.Runtime.CompilerServices.RequiresLocationAttribute") ? "ref readonly "
        : "ref ";

    private static string Params(MetadataReader reader, CustomAttributeHandleCollection attributes) =>
        Attributes.Has(reader, attributes, "System.ParamArrayAttribute") || Attributes.Has(reader, attributes, "System.Runtime.CompilerServices.ParamCollectionAttribute")
            ? "params " : "";

    private static string Default(MetadataReader reader, Parameter parameter)
    {
        if (!parameter.Attributes.HasFlag(ParameterAttributes.Optional))
        {
            return "";
        }

        var value = parameter.GetDefaultValue();
        return value.IsNil ? " = default" : $" = {Constants.Write(reader, value)}";
    }
}
