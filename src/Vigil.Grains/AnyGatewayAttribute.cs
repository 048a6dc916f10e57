using Orleans.Metadata;

namespace Vigil.Grains;

/// <summary>
/// Has a client outside send each call to the grain over the next gateway, as to a stateless worker. Otherwise the grain's id decides on the gateway, and a
/// call that is repeated because the gateway is frozen goes there again. The order of calls is no one's concern: a caller awaits each.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AnyGatewayAttribute : Attribute, IGrainPropertiesProviderAttribute
{
    public void Populate(IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties) =>
        properties[WellKnownGrainTypeProperties.Unordered] = "true";
}
