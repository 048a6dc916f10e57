using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Conformance.Support;
using Vigil.Cluster.Tests.Hosting;

namespace Vigil.Cluster.Tests.Conformance.Reminders;

/// <summary>Reminders are found again by a cluster that knows nothing else of the one before.</summary>
public sealed class ReminderRestartTests
{
    [Fact]
    public async Task Reminder_AfterARestart_ActivatesItsGrain()
    {
        var (table, stage) = (new KeptReminderTable(), new Stage());
        var key = ConformanceCluster.NewKey();
        await using (var first = await StartAsync(table, stage))
        {
            await first.Client.GetGrain<IReminderGrain>(key).RegisterAsync("plain", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }

        await using var second = await StartAsync(table, stage);

        await stage.Journal(key).HasAsync("activated", times: 2);
        await stage.Journal(key).HasAsync("plain ticks");
        Assert.Equal(["plain"], await second.Client.GetGrain<IReminderGrain>(key).ListAsync());
    }

    private static Task<TestClusterHost> StartAsync(KeptReminderTable table, Stage stage) => TestClusterHost.StartAsync(1, silo =>
    {
        silo.AddReminders();
        silo.Services.AddSingleton<IReminderTable>(table);
        silo.Services.AddSingleton(stage);
        silo.Services.Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromMilliseconds(100));
    });
}
