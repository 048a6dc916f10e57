using Orleans.Metadata;
using Vigil.Grains.Executions;

namespace Vigil.Grains.Connections;

/// <summary>
/// Finds the silos that have a connection. The silos of a cluster differ in this while a new configuration is rolled out. Each one publishes its own
/// connections in its manifest, which Orleans sends to every other silo before that one places any grain on it.
/// </summary>
internal sealed class ClusterConnections(
    PlatformConnections local, ILocalSiloDetails silo, IClusterManifestProvider manifests, IClusterMembershipService membership)
{
    private const string PropertyPrefix = "vigil.connection.";

    /// <summary>Gets the names of the connections that at least one active silo has, sorted.</summary>
    public ImmutableSortedSet<string> Names => ImmutableSortedSet.CreateRange(StringComparer.Ordinal, manifests.Current.Silos.Values
        .SelectMany(manifest => PropertiesOf(manifest).Keys)
        .Where(property => property.StartsWith(PropertyPrefix, StringComparison.Ordinal))
        .Select(property => property[PropertyPrefix.Length..])
        .Concat(local.All.Select(connection => connection.Name)));

    /// <summary>Returns the active silos that are known to have a connection.</summary>
    public ImmutableHashSet<SiloAddress> SilosOf(string connection) =>
        [.. manifests.Current.Silos.Where(entry => PropertiesOf(entry.Value).ContainsKey(PropertyPrefix + connection)).Select(entry => entry.Key)];

    /// <summary>Tells whether any silo is known to have a connection.</summary>
    public bool Knows(string? connection) => connection is not null && (local.TryGet(connection, out _) || !SilosOf(connection).IsEmpty);

    /// <summary>Tells whether other silos have a connection and this one does not.</summary>
    public bool IsElsewhere(string connection) => !local.TryGet(connection, out _) && !SilosOf(connection).IsEmpty;

    /// <summary>Returns this silo if it has the connection, otherwise another one that has it.</summary>
    /// <exception cref="ConnectionNotFoundException">No active silo has it.</exception>
    /// <exception cref="VigilUnavailableException">No silo is known to have it yet.</exception>
    public SiloAddress SiloFor(string connection) =>
        local.TryGet(connection, out _) ? silo.SiloAddress : SilosOf(connection).FirstOrDefault() ?? throw Missing(connection);

    /// <summary>Returns a connection of this silo. If only other silos have it, the grain moves to one of them, and the caller has to repeat its call.</summary>
    /// <exception cref="ConnectionNotFoundException">No active silo has it.</exception>
    /// <exception cref="VigilUnavailableException">No silo is known to have it yet.</exception>
    /// <exception cref="OrleansException">The grain moves.</exception>
    public PlatformConnection Get(string connection, IGrainContext grain)
    {
        if (local.TryGet(connection, out var found))
        {
            return found;
        }

        if (IsElsewhere(connection))
        {
            grain.Migrate(new() { [ConnectionKey.PlacementHint] = connection });
            throw new OrleansException($"Grain '{grain.GrainId}' moves to a silo that has connection '{connection}'. Repeat the call.");
        }

        // A later call may find a silo that has the connection, and must not be bound to this one.
        grain.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "No silo has its connection."));
        throw Missing(connection);
    }

    // A silo that has just become active may have the connection although its manifest has not arrived here yet.
    private VigilException Missing(string connection)
    {
        var published = manifests.Current.Silos;
        return membership.CurrentSnapshot.Members.Values.All(member => member.Status != SiloStatus.Active || published.ContainsKey(member.SiloAddress))
            ? new ConnectionNotFoundException(connection)
            : new VigilUnavailableException(
                $"No silo is known to have connection '{connection}' yet, and at least one has not published its connections.", "connection_not_ready");
    }

    private static ImmutableDictionary<string, string> PropertiesOf(GrainManifest manifest) =>
        manifest.Grains.TryGetValue(ExecutionGrain.Type, out var grain) ? grain.Properties : ImmutableDictionary<string, string>.Empty;

    /// <summary>Publishes this silo's connections as properties of the execution grain.</summary>
    internal sealed class Publisher(PlatformConnections local) : IGrainPropertiesProvider
    {
        public void Populate(Type grainClass, GrainType grainType, Dictionary<string, string> properties)
        {
            if (grainClass == typeof(ExecutionGrain))
            {
                foreach (var connection in local.All)
                {
                    properties[PropertyPrefix + connection.Name] = connection.Platform.Name;
                }
            }
        }
    }
}
