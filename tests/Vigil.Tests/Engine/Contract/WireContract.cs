using System.Reflection;

namespace Vigil.Tests.Engine.Contract;

/// <summary>
/// What Orleans' analyzers and code generator ask of grain interfaces and wire types, and a little more, as violations in words.
/// They do not run where the packages cannot be restored, so this stands in for them.
/// </summary>
internal static class WireContract
{
    internal static IReadOnlyList<string> Violations(IEnumerable<Type> types)
    {
        // Types written by a code generator answer to their generator.
        var written = types.Where(type => type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true).ToArray();
        return
        [
            .. written.Where(IsGrainInterface).SelectMany(GrainInterfaceContract.Violations),
            .. written.Where(IsWireType).SelectMany(WireTypeContract.Violations),
            .. written.Where(IsException).Where(type => !IsWireType(type)).Select(type => $"{type.Name}: an exception without [GenerateSerializer] arrives as another one."),
            .. SharedAliases(written),
        ];
    }

    internal static bool IsWireType(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false);

    internal static bool IsGrainInterface(Type type) => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type);

    internal static IEnumerable<string> Aliases(MemberInfo member) =>
        member.GetCustomAttributes<AliasAttribute>(inherit: false).Select(attribute => attribute.Alias);

    private static bool IsException(Type type) => typeof(Exception).IsAssignableFrom(type);

    private static IEnumerable<string> SharedAliases(IEnumerable<Type> types) => types
        .SelectMany(type => Aliases(type).Select(alias => (alias, type)))
        .GroupBy(pair => pair.alias, pair => pair.type.Name, StringComparer.Ordinal)
        .Where(group => group.Count() > 1)
        .Select(group => $"{string.Join(" and ", group.Order(StringComparer.Ordinal))}: share the alias '{group.Key}'.");
}
