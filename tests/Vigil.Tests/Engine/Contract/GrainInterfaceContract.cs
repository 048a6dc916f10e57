using System.Reflection;
using Orleans.Concurrency;

namespace Vigil.Tests.Engine.Contract;

/// <summary>What a grain or observer interface has to keep.</summary>
internal static class GrainInterfaceContract
{
    internal static IEnumerable<string> Violations(Type type)
    {
        if (!WireContract.Aliases(type).Any())
        {
            yield return $"{type.Name}: has no [Alias].";
        }

        if (!typeof(IGrainWithStringKey).IsAssignableFrom(type) && !typeof(IGrainObserver).IsAssignableFrom(type))
        {
            yield return $"{type.Name}: is neither IGrainWithStringKey nor IGrainObserver.";
        }

        foreach (var property in type.GetProperties())
        {
            yield return $"{type.Name}.{property.Name}: is a property; a grain has methods only.";
        }

        var methods = type.GetMethods().Where(method => !method.IsSpecialName && !method.IsStatic).ToArray();
        foreach (var violation in methods.SelectMany(method => OfMethod(method).Select(text => $"{type.Name}.{method.Name}: {text}")))
        {
            yield return violation;
        }

        foreach (var group in methods.SelectMany(WireContract.Aliases).GroupBy(alias => alias, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return $"{type.Name}: more than one method has the alias '{group.Key}'.";
        }
    }

    private static IEnumerable<string> OfMethod(MethodInfo method)
    {
        if (!WireContract.Aliases(method).Any())
        {
            yield return "has no [Alias].";
        }

        if (method.IsGenericMethodDefinition)
        {
            yield return "is generic; nobody can say what it carries.";
        }

        var oneWay = method.IsDefined(typeof(OneWayAttribute));
        if (Returned(method.ReturnType, oneWay) is { } wrong)
        {
            yield return wrong;
        }

        foreach (var violation in WireTypes.Violations(method.ReturnType))
        {
            yield return $"returns {violation}";
        }

        foreach (var parameter in method.GetParameters())
        {
            if (parameter.ParameterType.IsByRef)
            {
                yield return $"'{parameter.Name}' is passed by reference.";
            }

            foreach (var violation in WireTypes.Violations(parameter.ParameterType))
            {
                yield return $"'{parameter.Name}' takes {violation}";
            }
        }

        if (method.GetParameters().Count(parameter => parameter.ParameterType == typeof(CancellationToken)) > 1)
        {
            yield return "takes more than one cancellation token.";
        }
    }

    private static string? Returned(Type type, bool oneWay)
    {
        if (type == typeof(void))
        {
            return oneWay ? null : "returns void without [OneWay].";
        }

        var carries = type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(Task<>) || open == typeof(ValueTask<>) || open == typeof(IAsyncEnumerable<>));
        if (!carries && type != typeof(Task) && type != typeof(ValueTask))
        {
            return $"returns {type.Name}, which nobody can await.";
        }

        return oneWay && carries ? "is [OneWay], so its result goes nowhere." : null;
    }
}
