using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Vigil.Testing;
using Vigil.Cluster.Tests.Hosting;

namespace Vigil.Cluster.Tests.OrleansAssumptions.Support;

/// <summary>Silos with nothing of Vigil in them: what is tested here is Orleans alone.</summary>
public abstract class AssumptionsCluster(short silos) : IAsyncLifetime
{
    internal TestClusterHost Host { get; private set; } = null!;

    internal Journal Journal { get; } = new();

    internal ScriptedStorage Storage { get; } = new();

    internal ShiftedTime Time { get; } = new();

    /// <summary>Gets where grains wait that are told to.</summary>
    internal Gate Gate { get; private set; } = new();

    public async Task InitializeAsync() => Host = await TestClusterHost.StartAsync(silos, silo =>
    {
        silo.Services.AddSingleton(this);
        silo.Services.AddKeyedSingleton<IGrainStorage>(ScriptedStorage.ProviderName, Storage);
        silo.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, new RecordedTimers(Journal));
    });

    public async Task DisposeAsync() => await Host.DisposeAsync();

    /// <summary>Returns a grain that no other test knows, and undoes what other tests have set.</summary>
    internal IProbeGrain NewGrain()
    {
        (Gate, Storage.BeforeWrite) = (new(), () => Task.CompletedTask);
        return Host.Client.GetGrain<IProbeGrain>(Guid.NewGuid().ToString("N"));
    }
}

public sealed class OneSilo() : AssumptionsCluster(1);

public sealed class TwoSilos() : AssumptionsCluster(2);

[CollectionDefinition(Name)]
public sealed class AssumptionsCollection : ICollectionFixture<OneSilo>
{
    public const string Name = "assumptions about Orleans";
}
