using System.Reflection;
using System.Reflection.Metadata;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Writes type parameters with their variance and constraints.</summary>
internal static class Generics
{
    /// <summary>The type's own parameters: a nested type repeats those of the types around it, which say nothing new.</summary>
    internal static string Of(MetadataReader reader, TypeDefinition type) => Write(reader, type.GetGenericParameters(), "T");

    internal static string Of(MetadataReader reader, MethodDefinition method) => Write(reader, method.GetGenericParameters(), "M");

    private static string Write(MetadataReader reader, GenericParameterHandleCollection handles, string prefix) =>
        handles.Count == 0 ? "" : $"<{string.Join(", ", handles.Select(handle => Write(reader, reader.GetGenericParameter(handle), prefix)))}>";

    private static string Write(MetadataReader reader, GenericParameter parameter, string prefix)
    {
        var variance = (parameter.Attributes & GenericParameterAttributes.VarianceMask) switch
        {
            GenericParameterAttributes.Covariant => "out ",
            GenericParameterAttributes.Contravariant => "in ",
            _ => "",
        };
        var constraints = Constraints(reader, parameter).ToArray();
        return $"{variance}{prefix}{parameter.Index}{(constraints.Length == 0 ? "" : " : ")}{string.Join(" & ", constraints)}";
    }

    private static IEnumerable<string> Constraints(MetadataReader reader, GenericParameter parameter)
    {
        var attributes = parameter.Attributes;
        var isValueType = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        if (isValueType)
        {
            yield return "struct";
        }

        if (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            yield return "class";
        }

        foreach (var handle in parameter.GetConstraints())
        {
            var type = TypeNames.Of(reader, reader.GetGenericParameterConstraint(handle).Type).Text();
            if (type != "System.ValueType")
            {
                yield return type;
            }
        }

        if (attributes.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isValueType)
        {
            yield return "new()";
        }
    }
}
