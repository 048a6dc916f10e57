using System.Collections.ObjectModel;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>A cluster whose silos and client share this process.</summary>
public sealed class InProcessTestCluster : IAsyncDisposable
{
    internal InProcessTestCluster(InProcessTestClusterOptions options) => Options = options;

    /// <summary>Gets the description of the cluster.</summary>
    public InProcessTestClusterOptions Options { get; }

    /// <summary>Gets the silos that were started and neither stopped nor killed.</summary>
    public ReadOnlyCollection<InProcessSiloHandle> Silos => throw new NotImplementedException();

    /// <summary>Gets the client, which is no part of any silo.</summary>
    public IClusterClient Client => throw new NotImplementedException();

    /// <summary>Starts the silos and the client.</summary>
    public Task DeployAsync() => throw new NotImplementedException();

    /// <summary>Gets the services of a silo, or of any.</summary>
    /// <param name="silo">The silo.</param>
    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) => throw new NotImplementedException();

    /// <summary>Starts one more silo.</summary>
    public Task<InProcessSiloHandle> StartAdditionalSiloAsync() => throw new NotImplementedException();

    /// <summary>Stops a silo in an orderly way.</summary>
    /// <param name="instance">The silo.</param>
    public Task StopSiloAsync(InProcessSiloHandle instance) => throw new NotImplementedException();

    /// <summary>Lets a silo vanish.</summary>
    /// <param name="instance">The silo.</param>
    public Task KillSiloAsync(InProcessSiloHandle instance) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
