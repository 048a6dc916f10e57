namespace Vigil.Kill;

/// <summary>One trial: silos as processes, the platforms in this process, callers, faults, and at the end the check.</summary>
internal sealed class KillRun(int seed, TimeSpan length, int silos, Action<string> say)
{
    private static readonly TimeSpan ShortTrial = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Storm = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly TrialLimits _limits = new();

    /// <summary>Gets the mutant that every silo is to be; null for none.</summary>
    public string? Mutant { get; init; }

    private bool IsShort => length < ShortTrial;

    /// <returns>The breaches found; empty if every promise was kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        say($"Seed {seed}, {length}, {silos} silo(s){(Mutant is null ? "" : $", mutant '{Mutant}'")}.");
        var folder = Directory.CreateTempSubdirectory("vigil-kill-");
        var breaches = await TryAsync(folder, cancellationToken);
        breaches.ForEach(say);
        if (breaches.Count == 0)
        {
            say("Every promise was kept.");
            folder.Delete(recursive: true);
        }
        else
        {
            say($"{breaches.Count} breaches. Seed {seed} repeats the same choices. The silos' output is in {folder.FullName}.");
        }

        return breaches;
    }

    private async Task<List<string>> TryAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        await using var platforms = await Platforms.StartAsync(seed, _limits, cancellationToken);
        PlatformFaults.AddTo(platforms.Faults, seed);
        await using var log = await DeliveryLog.StartAsync(cancellationToken);
        await using ITrialStore store = silos > 1 ? await PostgresTrialStore.CreateAsync(_time) : SqliteTrialStore.Create(Path.Combine(folder.FullName, "data"), _time);
        var hurts = new HurtLog(_time);
        using var processes = new SiloProcesses(silos, folder, hurts, platforms, log, store, Mutant);
        await processes.StartAsync(StartTimeout, cancellationToken);

        var random = new Random(seed);
        using var caller = new Caller(processes.Addresses, new Random(random.Next()), _limits, _time);
        using var probe = new ReadinessProbe(processes.Addresses, _time);
        using var collector = new Collector(processes.Addresses, log, _time);
        var workload = new Workload(caller, platforms, new Random(random.Next()), _time);
        var context = new TrialContext(processes.All, store, platforms, hurts, _limits, new Random(random.Next()), _time);
        var chaos = new Chaos(context, AllFaults.For(context, IsShort, say), Storm, Calm);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = probe.RunAsync(probing.Token);
        stop.CancelAfter(length);
        giveUp.CancelAfter(length + SettleTimeout);
        var unanswered = await RunAsync(workload, chaos, stop.Token, giveUp.Token);
        say($"Faults: {chaos.Summary}.");

        var executions = await collector.SettleAsync(workload.Orders, giveUp.Token);
        var stored = await collector.ReadEventsAsync();
        await collector.WaitUntilDeliveredAsync(stored, DeliveryTimeout);
        await probing.CancelAsync();
        await asking;
        var record = new TrialRecord
        {
            Orders = workload.Orders,
            Executions = executions,
            SettledInTime = !giveUp.IsCancellationRequested,
            Runs = platforms.Ledger(),
            Requests = platforms.Requests,
            Budgets = Platforms.Budgets,
            Stored = stored,
            Delivered = log.All,
            Journal = [.. processes.All.SelectMany(silo => Journal.Read(silo.Number, silo.JournalPath))],
            Hurts = hurts,
            Waits = caller.Waits,
            Readiness = probe.Answers,
            Outputs = [.. processes.All.Select(silo => silo.Output)],
            Limits = _limits,
        };
        Report(record);
        return [.. unanswered, .. Idle(chaos, workload.Orders), .. Checker.Judge(record).Select(breach => breach.ToString())];
    }

    private static async Task<IReadOnlyList<string>> RunAsync(Workload workload, Chaos chaos, CancellationToken stop, CancellationToken giveUp)
    {
        var faults = chaos.RunAsync(stop);
        try
        {
            await workload.RunAsync(stop, giveUp);
            return [];
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return ["callers were still waiting for an answer long after the last fault"];
        }
        finally
        {
            await faults;
        }
    }

    // A trial without faults or without executions proves nothing.
    private static IEnumerable<string> Idle(Chaos chaos, IReadOnlyList<Order> orders)
    {
        if (chaos.Count == 0)
        {
            yield return "no fault was injected";
        }

        if (!orders.Any(order => order.Accepted))
        {
            yield return "no start was accepted";
        }
    }

    private void Report(TrialRecord record)
    {
        var outcomes = record.Executions.Values.GroupBy(seen => seen.Execution.Status).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}");
        say($"{record.Orders.Count} ordered, {record.Orders.Count(order => order.Accepted)} accepted: {string.Join(", ", outcomes)}; "
            + $"{record.Executions.Values.Count(seen => seen.Execution.Attempt > 1)} retried; {record.Requests.Count} requests; {record.Stored.Count} events, "
            + $"{record.Delivered.Count} delivered; {record.Waits.Count} waits; {string.Join(", ", record.Outputs.Select(output => $"{output.Lines} lines in {output.Lives} lives"))}.");
        foreach (var hurt in record.Hurts.All)
        {
            say($"  {hurt}");
        }
    }
}
