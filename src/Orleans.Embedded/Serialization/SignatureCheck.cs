using System.Reflection;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Refuses, before a silo starts, grain interfaces with a type in a signature that is not carried.</summary>
internal static class SignatureCheck
{
    public static void Check(IEnumerable<Type> interfaces)
    {
        var complaints = interfaces.SelectMany(type => type.GetMethods()).SelectMany(Complaints).ToList();
        if (complaints.Count > 0)
        {
            throw new OrleansConfigurationException(
                "Found unserializable or uncopyable types which are being referenced in grain interface signatures:"
                + string.Concat(complaints.Select(complaint => Environment.NewLine + complaint)));
        }
    }

    private static IEnumerable<string> Complaints(MethodInfo method)
    {
        var types = method.GetParameters().Select(parameter => parameter.ParameterType);
        if (method.ReturnType.IsConstructedGenericType)
        {
            types = types.Append(method.ReturnType.GetGenericArguments()[0]);
        }

        return types.Where(type => !type.ContainsGenericParameters).SelectMany(type => Refused(type, []))
            .Select(refused => $"Type: {refused} was referenced by {method.DeclaringType}.{method.Name}");
    }

    private static IEnumerable<string> Refused(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return [];
        }

        if (!TypeCopiers.IsCarried(type))
        {
            return [type.ToString()];
        }

        var parts = type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments().AsEnumerable();
        if (WireType.IsMarked(type) && !type.IsEnum && !TypeCopiers.IsShared(type))
        {
            try
            {
                parts = parts.Concat(WireType.Fields(type).Select(field => field.FieldType).ToList());
            }
            catch (CodecNotFoundException refusal)
            {
                return [refusal.Message];
            }
        }

        return parts.SelectMany(part => Refused(part, seen));
    }
}
