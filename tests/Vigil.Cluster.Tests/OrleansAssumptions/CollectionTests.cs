using Vigil.Cluster.Tests.OrleansAssumptions.Support;

namespace Vigil.Cluster.Tests.OrleansAssumptions;

[Collection(AssumptionsCollection.Name)]
public sealed class CollectionTests(OneSilo cluster)
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    /// <summary><c>ExecutionTimers.KeepWatched</c>: only the poll timer keeps a watched execution where it is.</summary>
    [Fact]
    public async Task Timer_ThatKeepsAlive_KeepsItsGrain_AndAnotherDoesNot()
    {
        // Where the machine stood still between the last tick and the collection, that proved nothing; so again.
        while (!await CollectAsync())
        {
        }
    }

    private async Task<bool> CollectAsync()
    {
        var (kept, plain) = (cluster.NewGrain(), cluster.NewGrain());
        cluster.Gate.Open();
        await kept.StartTimerAsync(Period, Period, keepAlive: true);
        await plain.StartTimerAsync(Period, Period, keepAlive: false);
        await cluster.Journal.HasAsync($"{plain.GetPrimaryKeyString()} ticks", times: 2 * (int)(Age / Period));

        var ticks = cluster.Journal.Count($"{kept.GetPrimaryKeyString()} ticks");
        await cluster.Journal.HasAsync($"{kept.GetPrimaryKeyString()} ticks", ticks + 1);
        var ticked = TimeProvider.System.GetTimestamp();
        await cluster.Host.Client.GetGrain<IManagementGrain>(0).ForceActivationCollection(Age);
        var isConclusive = TimeProvider.System.GetElapsedTime(ticked) < Age / 2;

        await cluster.Journal.HasAsync($"{plain.GetPrimaryKeyString()} deactivated");
        Assert.True(!isConclusive || (await kept.ReadAsync()).Activation == 1);
        await kept.DeactivateAsync();
        return isConclusive;
    }
}
