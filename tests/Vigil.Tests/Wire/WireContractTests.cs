using System.Reflection;
using System.Text.Json.Nodes;

namespace Vigil.Tests.Wire;

/// <summary>What Orleans' own analyzers let pass on the wire and we do not.</summary>
public sealed class WireContractTests
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Object says nothing about what is sent, a JSON element is a view of a document that stays behind, and a delegate is code.</summary>
    private static readonly Type[] Forbidden = [typeof(object), typeof(JsonElement), typeof(JsonDocument), typeof(JsonNode), typeof(Delegate)];

    private static readonly Type[] Types =
        [.. new[] { "Vigil.Abstractions", "Vigil.Platforms", "Vigil.Storage", "Vigil.Grains" }.SelectMany(name => Assembly.Load(name).GetTypes())];

    private static readonly Type[] WireTypes = [.. Types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))];

    private static readonly Type[] GrainInterfaces =
        [.. Types.Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type) && type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true)];

    [Fact]
    public void WireTypes_HoldNothingThatIsNotData()
    {
        var held = WireTypes.Where(type => !type.IsEnum).SelectMany(type => type.GetFields(Own).Select(field => (Where: $"{type.Name}.{field.Name}", field.FieldType)));
        var passed = GrainInterfaces.SelectMany(type => type.GetMethods()).SelectMany(
            method => method.GetParameters().Append(method.ReturnParameter).Select(parameter => (Where: $"{method.DeclaringType!.Name}.{method.Name}", parameter.ParameterType)));

        Assert.NotEmpty(held);
        Assert.NotEmpty(passed);
        Assert.Empty(held.Concat(passed).Where(place => Parts(place.Item2).Any(IsForbidden)).Select(place => $"{place.Where} has {place.Item2}"));
    }

    [Fact]
    public void Aliases_AreUnique()
    {
        var aliases = WireTypes.Concat(GrainInterfaces).Select(type => type.GetCustomAttribute<AliasAttribute>(inherit: false)!.Alias);

        Assert.Empty(aliases.GroupBy(alias => alias, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
    }

    private static bool IsForbidden(Type type) => Forbidden.Any(forbidden => type == forbidden || (forbidden != typeof(object) && forbidden.IsAssignableFrom(type)));

    private static IEnumerable<Type> Parts(Type type) =>
        [type, .. type.HasElementType ? Parts(type.GetElementType()!) : [], .. type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : []];
}
