using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using Vigil.Cluster.Tests.Conformance.Clusters;
using Vigil.Cluster.Tests.Hosting;

namespace Vigil.Cluster.Tests.Conformance.Support;

/// <summary>Two silos with a store and reminders that outlive them.</summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private TwoSilos(TestClusterHost host, Stage stage, ScriptedStorage storage) => (Host, Stage, Storage) = (host, stage, storage);

    internal TestClusterHost Host { get; }

    internal Stage Stage { get; }

    internal ScriptedStorage Storage { get; }

    internal static async Task<TwoSilos> StartAsync()
    {
        var (stage, storage, reminders) = (new Stage(), new ScriptedStorage(), new KeptReminderTable());
        var host = await TestClusterHost.StartAsync(2, silo =>
        {
            silo.AddReminders();
            silo.Services.AddSingleton<IReminderTable>(reminders);
            silo.Services.AddSingleton(stage);
            silo.Services.AddKeyedSingleton<Orleans.Storage.IGrainStorage>(ConformanceCluster.Scripted, storage);
            silo.Services.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
        });
        return new TwoSilos(host, stage, storage);
    }

    internal IMovingGrain New() => Host.Client.GetGrain<IMovingGrain>(ConformanceCluster.NewKey());

    internal Journal JournalOf(IMovingGrain grain) => Stage.Journal(grain.GetPrimaryKeyString());

    internal Gate GateOf(IMovingGrain grain) => Stage.Gate(grain.GetPrimaryKeyString());

    /// <summary>Makes grains until there is one on that silo: how they are spread is the engine's affair, and takes it a moment.</summary>
    internal async Task<IMovingGrain> NewOnAsync(InProcessSiloHandle silo)
    {
        IMovingGrain? grain = null;
        await Patience.UntilAsync(
            async () =>
            {
                grain = New();
                return await grain.GetSiloAsync() == silo.SiloAddress.ToParsableString();
            },
            $"a new grain on {silo.SiloAddress}");
        return grain!;
    }

    /// <summary>Waits until a silo learns from its membership updates that another is dead.</summary>
    internal static async Task<ClusterMembershipSnapshot> SeeDeathAsync(InProcessSiloHandle witness, SiloAddress silo)
    {
        var membership = witness.ServiceProvider.GetRequiredService<IClusterMembershipService>();
        await foreach (var snapshot in membership.MembershipUpdates)
        {
            if (snapshot.GetSiloStatus(silo) == SiloStatus.Dead)
            {
                return snapshot;
            }
        }

        throw new InvalidOperationException("The membership updates ended.");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
