using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Reads the public surface of an assembly from its metadata alone, so that nothing it refers to needs to be there.</summary>
internal static class SurfaceReader
{
    internal static IReadOnlyList<SurfaceType> Read(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return [.. reader.TypeDefinitions.Where(handle => IsVisible(reader, handle)).Select(handle => Read(reader, handle))];
    }

    private static SurfaceType Read(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = TypeNames.Of(reader, handle);
        var members = Heritage(reader, handle)
            .Concat(MemberReader.Fields(reader, handle))
            .Concat(MemberReader.Properties(reader, handle))
            .Concat(MemberReader.Events(reader, handle))
            .Concat(MemberReader.Methods(reader, handle));
        return new SurfaceType(name, $"{Attributes.Prefix(reader, type.GetCustomAttributes())}{Kind(reader, type)} {name}{Generics.Of(reader, type)}", [.. members]);
    }

    private static string Kind(MetadataReader reader, TypeDefinition type)
    {
        if (type.Attributes.HasFlag(TypeAttributes.Interface))
        {
            return "interface";
        }

        switch (BaseName(reader, type))
        {
            case "System.Enum":
                return "enum";
            case "System.MulticastDelegate":
                return "delegate";
            case "System.ValueType":
                return (Attributes.Has(reader, type.GetCustomAttributes(), "System.Runtime.CompilerServices.IsReadOnlyAttribute") ? "readonly " : "")
                    + (Attributes.Has(reader, type.GetCustomAttributes(), "System.Runtime.CompilerServices.IsByRefLikeAttribute") ? "ref struct" : "struct");
            default:
                return (type.Attributes & (TypeAttributes.Abstract | TypeAttributes.Sealed)) switch
                {
                    TypeAttributes.Abstract | TypeAttributes.Sealed => "static class",
                    TypeAttributes.Abstract => "abstract class",
                    TypeAttributes.Sealed => "sealed class",
                    _ => "class",
                };
        }
    }

    private static IEnumerable<SurfaceMember> Heritage(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        if (BaseName(reader, type) is { } name && name is not ("System.Enum" or "System.ValueType" or "System.MulticastDelegate"))
        {
            var text = $"base {TypeNames.Of(reader, type.BaseType).Text()}";
            yield return new SurfaceMember(text, text);
        }

        foreach (var implementation in type.GetInterfaceImplementations())
        {
            var contract = reader.GetInterfaceImplementation(implementation).Interface;
            if (IsVisible(reader, contract))
            {
                var text = $"implements {TypeNames.Of(reader, contract).Text()}";
                yield return new SurfaceMember(text, text);
            }
        }

        if (Attributes.Usage(reader, type.GetCustomAttributes()) is { } usage)
        {
            yield return new SurfaceMember(usage, usage);
        }
    }

    private static string? BaseName(MetadataReader reader, TypeDefinition type) =>
        type.BaseType.IsNil ? null : TypeNames.Of(reader, type.BaseType).Text();

    private static bool IsVisible(MetadataReader reader, EntityHandle handle) =>
        handle.Kind != HandleKind.TypeDefinition || IsVisible(reader, (TypeDefinitionHandle)handle);

    private static bool IsVisible(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.VisibilityMask) switch
        {
            TypeAttributes.Public => true,
            TypeAttributes.NestedPublic or TypeAttributes.NestedFamily or TypeAttributes.NestedFamORAssem => IsVisible(reader, type.GetDeclaringType()),
            _ => false,
        };
    }
}
