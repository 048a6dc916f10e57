using System.Net.Http.Json;
using Microsoft.Data.Sqlite;

namespace Vigil.Kill;

/// <summary>
/// A trial of one thing: a backup is taken while runs go on, the silo goes on and is lost with its data, and another begins with the backup. What it has
/// forgotten it learns from the platforms: nothing that the backup knows is started again, and all of it ends as it did.
/// </summary>
internal sealed class RestoreRun(Action<string> say)
{
    private const int Orders = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    // What was told between the backup and the loss is told again, so events and deliveries are another matter.
    private static readonly IReadOnlyList<IPromise> Promises =
    [
        new AcceptedIsKept(), new EverythingEnds(), new StartedOnce(), new LostOnlyByEvidence(), new OutcomeIsThePlatforms(), new RawStatusIsKept(),
        new OutputIsThePlatforms(), new UsageIsThePlatforms(), new StepsAreThePlatforms(), new SilosStay(),
    ];

    private readonly TimeProvider _time = TimeProvider.System;

    /// <returns>The breaches found; empty if every promise was kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var folder = Directory.CreateTempSubdirectory("vigil-restore-");
        var breaches = (await TryAsync(folder, limit.Token)).Select(breach => breach.ToString()).ToList();
        breaches.ForEach(say);
        say(breaches.Count == 0 ? "After a backup was restored, every promise was kept." : $"{breaches.Count} breaches. The silo's output is in {folder.FullName}.");
        if (breaches.Count == 0)
        {
            folder.Delete(recursive: true);
        }

        return breaches;
    }

    private async Task<IReadOnlyList<Breach>> TryAsync(DirectoryInfo folder, CancellationToken limit)
    {
        var limits = new TrialLimits();
        await using var platforms = await Platforms.StartAsync(seed: 1, limits, limit);
        await using var log = await DeliveryLog.StartAsync(limit);
        await using var store = SqliteTrialStore.Create(Path.Combine(folder.FullName, "data"), _time);
        var hurts = new HurtLog(_time);
        using var processes = new SiloProcesses(1, folder, hurts, platforms, log, store);
        using var caller = new Caller(processes.Addresses, new Random(1), limits, _time);
        using var collector = new Collector(processes.Addresses, log, _time);
        await processes.StartAsync(Limit, limit);

        List<Order> orders = [.. Enumerable.Range(0, Orders).Select(Order.Plain)];
        await Task.WhenAll(orders.Select(order => OrderAsync(order, caller, platforms, processes.All[0], limit)));
        var backup = Path.Combine(folder.FullName, "backup.db");
        await BackUpAsync(store.Path, backup);
        say($"{orders.Count} were running when the backup was taken.");
        await collector.SettleAsync(orders, limit);

        var silo = processes.All[0];
        await silo.KillAsync();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(store.Path)!, "vigil.db*"))
        {
            File.Delete(file);
        }

        File.Move(backup, store.Path);
        silo.Start();
        await silo.Up.WaitAsync(limit);
        say("The backup was restored after all had ended.");
        var executions = await collector.SettleAsync(orders, limit);
        var record = new TrialRecord
        {
            Orders = orders,
            Executions = executions,
            SettledInTime = !limit.IsCancellationRequested,
            Runs = platforms.Ledger(),
            Requests = platforms.Requests,
            Budgets = Platforms.Budgets,
            Stored = await collector.ReadEventsAsync(),
            Delivered = log.All,
            Journal = [.. Journal.Read(silo.Number, silo.JournalPath)],
            Hurts = hurts,
            Waits = [],
            Readiness = [],
            Outputs = [silo.Output],
            Limits = limits,
        };
        return [.. Promises.SelectMany(promise => promise.Judge(record))];
    }

    /// <summary>Orders one and returns when its run is known, so that it is in the backup.</summary>
    private async Task OrderAsync(Order order, Caller caller, Platforms platforms, SiloProcess silo, CancellationToken limit)
    {
        using var http = new HttpClient();
        platforms.Prepare(order, pace: 4);
        await caller.StartAsync(order, limit);
        while ((await http.GetFromJsonAsync(new Uri(silo.Address, $"/v1/executions/{order.Key}"), VigilJson.Default.Execution, limit))!.RemoteId is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, limit);
        }
    }

    private static async Task BackUpAsync(string database, string file)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var copy = connection.CreateCommand();
        copy.CommandText = "VACUUM INTO $file";
        copy.Parameters.AddWithValue("$file", file);
        await copy.ExecuteNonQueryAsync();
    }
}
