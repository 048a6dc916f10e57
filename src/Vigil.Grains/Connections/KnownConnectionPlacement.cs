using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Vigil.Grains.Connections;

/// <summary>
/// Places a grain on a silo that has the connection that the call names with <see cref="ConnectionKey.PlacementHint"/>. If no silo is known to have it, or
/// the call names none, the grain may be placed anywhere and looks for a better silo from there.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KnownConnectionPlacementAttribute() : PlacementFilterAttribute(new KnownConnectionPlacement());

internal sealed class KnownConnectionPlacement() : PlacementFilterStrategy(order: 0);

internal sealed class KnownConnectionFilter(ClusterConnections connections) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos)
    {
        if (target.RequestContextData?.GetValueOrDefault(ConnectionKey.PlacementHint) is not string connection)
        {
            return silos;
        }

        SiloAddress[] all = [.. silos];
        SiloAddress[] suitable = [.. all.Intersect(connections.SilosOf(connection))];
        return suitable.Length > 0 ? suitable : all;
    }
}
