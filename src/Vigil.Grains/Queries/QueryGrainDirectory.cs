using System.Diagnostics.CodeAnalysis;
using Orleans.GrainDirectory;
using Orleans.Metadata;
using Orleans.Runtime.GrainDirectory;

namespace Vigil.Grains.Queries;

/// <summary>
/// The directory of the query grain, which is empty. Every silo answers queries itself; but Orleans would look the grain up in the cluster's directory before each
/// call, in the silo that has this part of it, and while that one is frozen no silo would answer. It is not an attribute of the grain, because a silo of an older
/// version would look for a directory that it does not have.
/// </summary>
internal sealed class QueryGrainDirectory : IGrainDirectoryResolver, IGrainDirectory
{
    private static readonly GrainType Queries = GrainType.Create(QueryGrain.TypeName);

    public bool TryResolveGrainDirectory(GrainType grainType, GrainProperties? properties, [NotNullWhen(true)] out IGrainDirectory? grainDirectory)
    {
        grainDirectory = grainType == Queries ? this : null;
        return grainDirectory is not null;
    }

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
