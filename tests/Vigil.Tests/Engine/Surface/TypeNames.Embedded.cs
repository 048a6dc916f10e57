using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Text.RegularExpressions;

namespace Vigil.Tests.Engine.Surface;

/// <summary>Turns the types in signatures into <see cref="TypeNode"/>s. Type parameters go by position: their names bind nobody.</summary>
internal sealed partial class TypeNames : ISignatureTypeProvider<TypeNode, object?>
{
    internal static readonly TypeNames Provider = new();

    private TypeNames()
    {
    }

    internal static string Of(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var name = reader.GetString(type.Name);
        return type.GetDeclaringType() is { IsNil: false } outer
            ? $"{Of(reader, outer)}.{name}"
            : Qualified(reader.GetString(type.Namespace), name);
    }

    internal static string Of(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{Of(reader, (TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : Qualified(reader.GetString(type.Namespace), name);
    }

    internal static TypeNode Of(MetadataReader reader, EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => new TypeNode.Named(Of(reader, (TypeDefinitionHandle)handle), IsValueType: false),
        HandleKind.TypeReference => new TypeNode.Named(Of(reader, (TypeReferenceHandle)handle), IsValueType: false),
        HandleKind.TypeSpecification => reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(Provider, null),
        _ => throw new BadImageFormatException($"A {handle.Kind} is no type."),
    };

    public TypeNode GetPrimitiveType(PrimitiveTypeCode typeCode) => new TypeNode.Named(
        typeCode switch
        {
            PrimitiveTypeCode.Boolean => "bool",
            PrimitiveTypeCode.Byte => "byte",
            PrimitiveTypeCode.SByte => "sbyte",
            PrimitiveTypeCode.Int16 => "short",
            PrimitiveTypeCode.UInt16 => "ushort",
            PrimitiveTypeCode.Int32 => "int",
            PrimitiveTypeCode.UInt32 => "uint",
            PrimitiveTypeCode.Int64 => "long",
            PrimitiveTypeCode.UInt64 => "ulong",
            PrimitiveTypeCode.Single => "float",
            PrimitiveTypeCode.Double => "double",
            PrimitiveTypeCode.Char => "char",
            PrimitiveTypeCode.String => "string",
            PrimitiveTypeCode.Object => "object",
            PrimitiveTypeCode.Void => "void",
            _ => typeCode.ToString(),
        },
        IsValueType: typeCode is not (PrimitiveTypeCode.String or PrimitiveTypeCode.Object));

    public TypeNode GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        new TypeNode.Named(Of(reader, handle), IsValueType(rawTypeKind));

    public TypeNode GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        new TypeNode.Named(Of(reader, handle), IsValueType(rawTypeKind));

    public TypeNode GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public TypeNode GetGenericInstantiation(TypeNode genericType, ImmutableArray<TypeNode> typeArguments)
    {
        var named = (TypeNode.Named)genericType;
        return named with { Name = WithoutArity(named.Name), Arguments = [.. typeArguments] };
    }

    public TypeNode GetGenericTypeParameter(object? genericContext, int index) => new TypeNode.Parameter($"T{index}");

    public TypeNode GetGenericMethodParameter(object? genericContext, int index) => new TypeNode.Parameter($"M{index}");

    public TypeNode GetSZArrayType(TypeNode elementType) => new TypeNode.Array(elementType, 1);

    public TypeNode GetArrayType(TypeNode elementType, ArrayShape shape) => new TypeNode.Array(elementType, shape.Rank);

    public TypeNode GetByReferenceType(TypeNode elementType) => new TypeNode.Indirect(elementType, "&");

    public TypeNode GetPointerType(TypeNode elementType) => new TypeNode.Indirect(elementType, "*");

    public TypeNode GetPinnedType(TypeNode elementType) => elementType;

    public TypeNode GetModifiedType(TypeNode modifier, TypeNode unmodifiedType, bool isRequired) =>
        isRequired ? new TypeNode.Modified(unmodifiedType, modifier.Text()) : unmodifiedType;

    public TypeNode GetFunctionPointerType(MethodSignature<TypeNode> signature) => new TypeNode.Named("function pointer", IsValueType: true);

    /// <summary>"Orleans.Runtime.IPersistentState`1" becomes "Orleans.Runtime.IPersistentState".</summary>
    internal static string WithoutArity(string name) => Arity().Replace(name, "");

    [GeneratedRegex(@"`\d+")]
    private static partial Regex Arity();

    private static bool IsValueType(byte rawTypeKind) => rawTypeKind == (byte)SignatureTypeKind.ValueType;

    private static string Qualified(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
}
