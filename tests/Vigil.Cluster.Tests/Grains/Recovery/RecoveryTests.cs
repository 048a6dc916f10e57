using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;
using Vigil.Platforms;

namespace Vigil.Cluster.Tests.Grains.Recovery;

/// <summary>Executions survive what happens to silos: the row is the promise, the audit keeps it.</summary>
[Collection(AloneCollection.Name)]
public sealed class RecoveryTests
{
    [Fact]
    public async Task Restart_OfTheWholeCluster_EverythingGoesOn()
    {
        await using var cluster = await VigilCluster.StartAsync();
        var ids = await StartManyAsync(cluster, 50);

        await cluster.RestartAsync();
        await cluster.Service<RecoveryService>().FirstAudit.OrFailAsync("There was no audit.");

        await AllArePolledAndEndAsync(cluster, ids);
        await Eventually.Async(
            async () => (await cluster.Store.ReadOrphansAsync([cluster.Service<SiloMembers>().Self], null, 100)).IsEmpty, "every row names the new silo");
    }

    [Fact]
    public async Task Kill_OneOfTwoSilos_TheOtherTakesOver()
    {
        await using var cluster = await VigilCluster.StartAsync(silos: 2);
        var ids = await StartManyAsync(cluster, 60);

        await cluster.Host.KillAsync(cluster.Host.Silos[1]);
        await cluster.Host.WaitForMembershipAsync();

        await AllArePolledAndEndAsync(cluster, ids);
    }

    [Fact]
    public async Task Kill_OneOfTwoSilos_TheOtherHasTheWholeBudget()
    {
        await using var cluster = await VigilCluster.StartAsync(silos: 2);
        await Eventually.Async(() => Enumerable.Range(0, 2).All(silo => cluster.Service<BudgetShare>(silo).Silos == 2), "each silo has half of it");

        await cluster.Host.KillAsync(cluster.Host.Silos[1]);

        await Eventually.Async(() => cluster.Service<BudgetShare>().Silos == 1, "it has all of it");
    }

    [Fact]
    public async Task Stop_OneOfTwoSilos_TheOtherTakesOver()
    {
        await using var cluster = await VigilCluster.StartAsync(silos: 2);
        var ids = await StartManyAsync(cluster, 60);

        await cluster.Host.StopAsync(cluster.Host.Silos[1]);

        await AllArePolledAndEndAsync(cluster, ids);
    }

    [Fact]
    public async Task Audit_RowThatThePollerDoesNotKnow_IsWoken()
    {
        await using var cluster = await VigilCluster.StartAsync(configure: PollInBatches);
        var id = Assert.Single(await StartManyAsync(cluster, 1));
        cluster.Service<SiloPoller>().Forget(ScriptedPlatform.ConnectionName, id);

        await cluster.Service<ExecutionAudit>().PassAsync(CancellationToken.None);

        await Eventually.Async(() => cluster.Service<SiloPoller>().Knows(ScriptedPlatform.ConnectionName, id), "the poller knows it again");
    }

    [Fact]
    public async Task Reminder_IsRegisteredAfterAMinuteWakesWhatTheAuditMissedAndIsRemovedAtTheEnd()
    {
        await using var cluster = await VigilCluster.StartAsync();
        var id = Assert.Single(await StartManyAsync(cluster, 1));
        var grainId = $"execution/{id}";
        Assert.Empty(await cluster.Store.ReadRemindersAsync(grainId));

        cluster.Time.Forward(TimeSpan.FromSeconds(61));
        await Eventually.Async(async () => (await cluster.Store.ReadRemindersAsync(grainId)).Length == 1, "the reminder is registered");

        cluster.Service<SiloPoller>().Forget(ScriptedPlatform.ConnectionName, id);
        var reminder = Assert.Single(await cluster.Store.ReadRemindersAsync(grainId));
        await cluster.Grains.GetGrain<IRemindable>(GrainId.Parse(grainId)).ReceiveReminder(reminder.Name, new(reminder.StartAt, reminder.Period, reminder.StartAt));
        Assert.True(cluster.Service<SiloPoller>().Knows(ScriptedPlatform.ConnectionName, id));

        cluster.Platform.Set(id, ExecutionStatus.Succeeded);
        await cluster.Store.EventsUntilEndAsync(id);
        await Eventually.Async(async () => (await cluster.Store.ReadRemindersAsync(grainId)).IsEmpty, "the reminder is removed");
    }

    // Where requests are merged the poll timer is a watchdog of 30 seconds, so what wakes an execution sooner is the audit.
    private static void PollInBatches(VigilCluster cluster) =>
        cluster.Platform.Capabilities = new PlatformCapabilities { MaxRunsPerPoll = 100, Cadence = TimeSpan.FromMilliseconds(100) };

    private static async Task<string[]> StartManyAsync(VigilCluster cluster, int count)
    {
        string[] ids = [.. Enumerable.Range(0, count).Select(_ => VigilCluster.NewId())];
        await Task.WhenAll(ids.Select(id => cluster.Execution(id).StartAsync(VigilCluster.Request())));
        await cluster.Platform.WaitForAsync(platform => ids.All(id => platform.PollsOf(id) > 0), "every run was polled");
        return ids;
    }

    private static async Task AllArePolledAndEndAsync(VigilCluster cluster, string[] ids)
    {
        var polls = ids.ToDictionary(id => id, cluster.Platform.PollsOf);
        await cluster.Platform.WaitForAsync(platform => ids.All(id => platform.PollsOf(id) > polls[id]), "every run was polled again");
        foreach (var id in ids)
        {
            cluster.Platform.Set(id, ExecutionStatus.Succeeded);
        }

        foreach (var id in ids)
        {
            var events = await cluster.Store.EventsUntilEndAsync(id);
            Assert.Single(events, stored => stored.Type == ExecutionEventTypes.Ended);
        }
    }
}
