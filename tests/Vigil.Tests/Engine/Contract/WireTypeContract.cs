using System.Reflection;
using System.Runtime.CompilerServices;

namespace Vigil.Tests.Engine.Contract;

/// <summary>What a type marked [GenerateSerializer] has to keep.</summary>
internal static class WireTypeContract
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

#pragma warning disable SYSLIB0050 // The mark is out of use for formatters; Orleans still goes by it.
    private const FieldAttributes NotSerialized = FieldAttributes.NotSerialized;
#pragma warning restore SYSLIB0050

    internal static IEnumerable<string> Violations(Type type)
    {
        if (!WireContract.Aliases(type).Any())
        {
            yield return $"{type.Name}: has no [Alias].";
        }

        if (type.IsEnum)
        {
            yield break;
        }

        var members = type.GetFields(Own).Where(field => !field.Attributes.HasFlag(NotSerialized)).Select(field => (Field: field, Member: MemberOf(type, field))).ToArray();
        foreach (var (field, member) in members)
        {
            if (Id(member) is null)
            {
                yield return $"{type.Name}.{Name(member)}: carries data but has no [Id].";
            }

            foreach (var violation in WireTypes.Violations(field.FieldType))
            {
                yield return $"{type.Name}.{Name(member)}: holds {violation}";
            }
        }

        // Each level of inheritance counts its own ids.
        foreach (var group in members.Select(pair => pair.Member).Where(member => Id(member) is not null).GroupBy(Id).Where(group => group.Count() > 1))
        {
            yield return $"{type.Name}: {string.Join(" and ", group.Select(member => member.Name))} share the id {group.Key}.";
        }

        if (type.BaseType is { } parent && !IsFramework(parent) && !WireContract.IsWireType(parent))
        {
            yield return $"{type.Name}: its base {parent.Name} has no [GenerateSerializer], so what it holds is lost.";
        }
    }

    private static uint? Id(MemberInfo member) => member.GetCustomAttribute<IdAttribute>(inherit: false)?.Id;

    /// <summary>The property whose storage a field is, or the field.</summary>
    private static MemberInfo MemberOf(Type type, FieldInfo field)
    {
        var name = field.Name;
        var isStorage = field.IsDefined(typeof(CompilerGeneratedAttribute)) && name.StartsWith('<') && name.EndsWith(">k__BackingField", StringComparison.Ordinal);
        return isStorage ? type.GetProperty(name[1..name.IndexOf('>', StringComparison.Ordinal)], Own) ?? (MemberInfo)field : field;
    }

    // A primary constructor's captured parameter is a field of a name that nobody wrote.
    private static string Name(MemberInfo member) =>
        member.Name.StartsWith('<') && member.Name.EndsWith(">P", StringComparison.Ordinal) ? $"{member.Name[1..^2]} (a captured parameter)" : member.Name;

    private static bool IsFramework(Type type) => type.Namespace is "System" || type.Namespace?.StartsWith("Orleans", StringComparison.Ordinal) == true;
}
