using System.Reflection;
using System.Reflection.Metadata;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Writes the members of a type that its callers and heirs can see.</summary>
internal static class MemberReader
{
    internal static IEnumerable<SurfaceMember> Fields(MetadataReader reader, TypeDefinitionHandle handle)
    {
        foreach (var field in reader.GetTypeDefinition(handle).GetFields().Select(reader.GetFieldDefinition))
        {
            if (Access((MethodAttributes)(field.Attributes & FieldAttributes.FieldAccessMask)) is not { } access || field.Attributes.HasFlag(FieldAttributes.SpecialName))
            {
                continue;
            }

            var type = field.DecodeSignature(TypeNames.Provider, null);
            var name = reader.GetString(field.Name);
            var value = field.Attributes.HasFlag(FieldAttributes.Literal) ? $" = {Constants.Write(reader, field.GetDefaultValue())}" : "";
            var modifier = field.Attributes.HasFlag(FieldAttributes.Literal) ? "const " : field.Attributes.HasFlag(FieldAttributes.Static) ? "static " : "";
            var initOnly = field.Attributes.HasFlag(FieldAttributes.InitOnly) ? "readonly " : "";
            var prefix = $"{Attributes.Prefix(reader, field.GetCustomAttributes())}{access}{modifier}{initOnly}";
            var marks = Nullability.Of(reader, field.GetCustomAttributes(), Nullability.Context(reader, handle));
            yield return new SurfaceMember($"{prefix}{type.Text()} {name}{value}", $"{prefix}{type.Annotated(marks)} {name}{value}");
        }
    }

    internal static IEnumerable<SurfaceMember> Properties(MetadataReader reader, TypeDefinitionHandle handle)
    {
        foreach (var property in reader.GetTypeDefinition(handle).GetProperties().Select(reader.GetPropertyDefinition))
        {
            var accessors = property.GetAccessors();
            var (getter, setter) = (Visible(reader, accessors.Getter), Visible(reader, accessors.Setter));
            if (Widest(getter, setter) is not { } accessor || IsOverride(accessor))
            {
                continue;
            }

            var signature = property.DecodeSignature(TypeNames.Provider, null);
            var required = Attributes.Has(reader, property.GetCustomAttributes(), "System.Runtime.CompilerServices.RequiredMemberAttribute") ? "required " : "";
            var prefix = $"{Attributes.Prefix(reader, property.GetCustomAttributes())}{required}{Modifiers(accessor)}";
            var indexer = signature.ParameterTypes.IsEmpty ? "" : $"[{string.Join(", ", signature.ParameterTypes.Select(type => type.Text()))}]";
            var name = $"{reader.GetString(property.Name)}{indexer} {{ {Accessor(getter, accessor, "get")}{Accessor(setter, accessor, "set")}}}";
            var marks = Nullability.Of(reader, property.GetCustomAttributes(), Nullability.Context(reader, handle));
            yield return new SurfaceMember(
                $"{prefix}{signature.ReturnType.Text()} {name}",
                $"{prefix}{signature.ReturnType.Annotated(marks)} {name}",
                MustBeImplemented(accessor));
        }
    }

    internal static IEnumerable<SurfaceMember> Events(MetadataReader reader, TypeDefinitionHandle handle)
    {
        foreach (var definition in reader.GetTypeDefinition(handle).GetEvents().Select(reader.GetEventDefinition))
        {
            if (Visible(reader, definition.GetAccessors().Adder) is { } adder && !IsOverride(adder))
            {
                var text = $"{Modifiers(adder)}event {TypeNames.Of(reader, definition.Type).Text()} {reader.GetString(definition.Name)}";
                yield return new SurfaceMember(text, text, MustBeImplemented(adder));
            }
        }
    }

    internal static IEnumerable<SurfaceMember> Methods(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var accessors = AccessorsOf(reader, reader.GetTypeDefinition(handle)).ToHashSet();
        foreach (var method in reader.GetTypeDefinition(handle).GetMethods().Where(method => !accessors.Contains(method)))
        {
            if (Visible(reader, method) is { } definition && !IsOverride(definition) && !reader.GetString(definition.Name).StartsWith('<'))
            {
                yield return Method(reader, definition);
            }
        }
    }

    private static SurfaceMember Method(MetadataReader reader, MethodDefinition method)
    {
        var signature = method.DecodeSignature(TypeNames.Provider, null);
        var context = Nullability.Context(reader, method);
        var declared = method.GetParameters().Select(reader.GetParameter).ToDictionary(parameter => (int)parameter.SequenceNumber, parameter => (Parameter?)parameter);
        var isExtension = Attributes.Has(reader, method.GetCustomAttributes(), "System.Runtime.CompilerServices.ExtensionAttribute");
        var prefix = $"{Attributes.Prefix(reader, method.GetCustomAttributes())}{Modifiers(method)}";
        var name = $"{reader.GetString(method.Name)}{Generics.Of(reader, method)}";
        var parameters = signature.ParameterTypes.Select((type, i) => Parameters.Write(reader, type, declared[i + 1]!.Value, context)).ToArray();

        string Line(string returned, IEnumerable<string> written) => $"{prefix}{returned} {name}({(isExtension ? "this " : "")}{string.Join(", ", written)})";
        var (text, annotated) = Parameters.Returned(reader, signature.ReturnType, declared.GetValueOrDefault(0), context);
        return new SurfaceMember(
            Line(text, parameters.Select(parameter => parameter.Text)),
            Line(annotated, parameters.Select(parameter => parameter.Annotated)),
            MustBeImplemented(method));
    }

    // A property is as visible as its more visible accessor.
    private static MethodDefinition? Widest(MethodDefinition? getter, MethodDefinition? setter) =>
        getter is { } read && Access(read.Attributes) == "" ? getter : setter is { } write && Access(write.Attributes) == "" ? setter : getter ?? setter;

    private static IEnumerable<MethodDefinitionHandle> AccessorsOf(MetadataReader reader, TypeDefinition type)
    {
        var properties = type.GetProperties().Select(property => reader.GetPropertyDefinition(property).GetAccessors());
        var events = type.GetEvents().Select(definition => reader.GetEventDefinition(definition).GetAccessors());
        return properties.SelectMany(accessors => new[] { accessors.Getter, accessors.Setter })
            .Concat(events.SelectMany(accessors => new[] { accessors.Adder, accessors.Remover }));
    }

    private static string Accessor(MethodDefinition? own, MethodDefinition widest, string name)
    {
        if (own is not { } method)
        {
            return "";
        }

        var isInit = method.DecodeSignature(TypeNames.Provider, null).ReturnType is TypeNode.Modified;
        var access = Access(method.Attributes) == Access(widest.Attributes) ? "" : Access(method.Attributes);
        return $"{access}{(isInit ? "init" : name)}; ";
    }

    private static MethodDefinition? Visible(MetadataReader reader, MethodDefinitionHandle handle) =>
        !handle.IsNil && Access(reader.GetMethodDefinition(handle).Attributes) is not null ? reader.GetMethodDefinition(handle) : null;

    // An override is seen through the type that declares the member first.
    private static bool IsOverride(MethodDefinition method) =>
        (method.Attributes & (MethodAttributes.Virtual | MethodAttributes.NewSlot)) == MethodAttributes.Virtual;

    private static bool MustBeImplemented(MethodDefinition method) => method.Attributes.HasFlag(MethodAttributes.Abstract);

    private static string Modifiers(MethodDefinition method)
    {
        var attributes = method.Attributes;
        var dispatch = attributes.HasFlag(MethodAttributes.Abstract) ? "abstract "
            : attributes.HasFlag(MethodAttributes.Virtual) && !attributes.HasFlag(MethodAttributes.Final) ? "virtual " : "";
        return $"{Access(attributes)}{(attributes.HasFlag(MethodAttributes.Static) ? "static " : "")}{dispatch}";
    }

    /// <summary>Nothing for public, a word for protected, null for what nobody outside sees. Fields have the same bits as methods.</summary>
    private static string? Access(MethodAttributes attributes) => (attributes & MethodAttributes.MemberAccessMask) switch
    {
        MethodAttributes.Public => "",
        MethodAttributes.Family or MethodAttributes.FamORAssem => "protected ",
        _ => null,
    };
}
