using System.Reflection.Metadata;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Attributes in metadata, found by the name of their type.</summary>
internal static class Attributes
{
    // What callers and implementers are made to notice by the compiler, and so part of the surface.
    private static readonly HashSet<string> Noticed =
    [
        "System.ObsoleteAttribute",
        "System.FlagsAttribute",
        "System.Diagnostics.CodeAnalysis.AllowNullAttribute",
        "System.Diagnostics.CodeAnalysis.DisallowNullAttribute",
        "System.Diagnostics.CodeAnalysis.DoesNotReturnAttribute",
        "System.Diagnostics.CodeAnalysis.ExperimentalAttribute",
        "System.Diagnostics.CodeAnalysis.MaybeNullAttribute",
        "System.Diagnostics.CodeAnalysis.MaybeNullWhenAttribute",
        "System.Diagnostics.CodeAnalysis.MemberNotNullAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullAttribute",
        "System.Diagnostics.CodeAnalysis.NotNullWhenAttribute",
        "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute",
    ];

    internal static CustomAttribute? Find(MetadataReader reader, CustomAttributeHandleCollection attributes, string name)
    {
        foreach (var handle in attributes)
        {
            var attribute = reader.GetCustomAttribute(handle);
            if (NameOf(reader, attribute) == name)
            {
                return attribute;
            }
        }

        return null;
    }

    internal static bool Has(MetadataReader reader, CustomAttributeHandleCollection attributes, string name) =>
        Find(reader, attributes, name) is not null;

    /// <summary>The attributes that belong to the surface, as a prefix such as "[Obsolete] ".</summary>
    internal static string Prefix(MetadataReader reader, CustomAttributeHandleCollection attributes)
    {
        var names = attributes
            .Select(handle => NameOf(reader, reader.GetCustomAttribute(handle)))
            .Where(Noticed.Contains)
            .Select(name => name[(name.LastIndexOf('.') + 1)..^"Attribute".Length])
            .Order(StringComparer.Ordinal)
            .ToArray();
        return names.Length == 0 ? "" : $"[{string.Join(", ", names)}] ";
    }

    /// <summary>What an attribute class may be put on, as a member line, or null where it does not say.</summary>
    internal static string? Usage(MetadataReader reader, CustomAttributeHandleCollection attributes)
    {
        if (Find(reader, attributes, "System.AttributeUsageAttribute") is not { } attribute)
        {
            return null;
        }

        var blob = reader.GetBlobReader(attribute.Value);
        blob.ReadUInt16();
        var targets = (AttributeTargets)blob.ReadInt32();
        var (multiple, inherited) = (false, true);
        for (var remaining = blob.ReadUInt16(); remaining > 0; remaining--)
        {
            blob.ReadUInt16(); // A property, of type bool: AttributeUsageAttribute has no other.
            if (blob.ReadSerializedString() == nameof(AttributeUsageAttribute.AllowMultiple))
            {
                multiple = blob.ReadBoolean();
            }
            else
            {
                inherited = blob.ReadBoolean();
            }
        }

        return $"usage ({targets}), multiple: {multiple}, inherited: {inherited}";
    }

    private static string NameOf(MetadataReader reader, CustomAttribute attribute)
    {
        var type = attribute.Constructor.Kind == HandleKind.MemberReference
            ? reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
            : reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType();
        return type.Kind switch
        {
            HandleKind.TypeReference => TypeNames.Of(reader, (TypeReferenceHandle)type),
            HandleKind.TypeDefinition => TypeNames.Of(reader, (TypeDefinitionHandle)type),
            _ => "",
        };
    }
}
