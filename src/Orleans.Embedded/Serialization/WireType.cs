using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>Knows which members of a <see cref="GenerateSerializerAttribute"/> type are carried.</summary>
internal static class WireType
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static bool IsMarked(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    public static TypeCopier CopierFor(Type type) => MemberCopier.For(type, Fields(type));

    /// <summary>Finds the fields that are carried, those of the base types too.</summary>
    /// <exception cref="CodecNotFoundException">A base type is not marked.</exception>
    public static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var level = type; !IsRoot(level); level = level.BaseType!)
        {
            if (!IsMarked(level))
            {
                throw new CodecNotFoundException($"Could not find a base type serializer for type {level}.");
            }

            var marked = BackingFields(level.GetProperties(Declared).Where(property => property.IsDefined(typeof(IdAttribute))).Select(property => property.Name));
            var positional = BackingFields(PrimaryConstructorParameters(level));
            foreach (var field in level.GetFields(Declared))
            {
                if (marked.Remove(field.Name) || positional.Contains(field.Name) || field.IsDefined(typeof(IdAttribute)))
                {
                    yield return field;
                }
            }

            if (marked.Count > 0)
            {
                throw new CodecNotFoundException($"{level} marks {string.Join(", ", marked)}, which it does not have.");
            }
        }
    }

    // Exceptions of the framework carry what every exception has; ExceptionCopier sees to that.
    private static bool IsRoot(Type type) =>
        type == typeof(object) || type == typeof(ValueType) || (typeof(Exception).IsAssignableFrom(type) && ExceptionCopier.IsFramework(type));

    private static HashSet<string> BackingFields(IEnumerable<string> properties) => [.. properties.Select(name => $"<{name}>k__BackingField")];

    // The parameters of a record's primary constructor are carried unasked. The compiler repeats them in the Deconstruct method it adds.
    private static IEnumerable<string> PrimaryConstructorParameters(Type type) =>
        type.GetMethods(Declared)
            .Where(method => method.Name == "Deconstruct" && method.IsDefined(typeof(CompilerGeneratedAttribute)))
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.Name!);
}
