using System.Net;
using System.Net.Http.Json;
using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>
/// A trial of one thing: a silo is frozen in the middle of its work, until another has declared it dead and brought every execution to its end, and then
/// it wakes up and believes that no time has passed. Every wait is for an event, so the verdict does not depend on the machine's speed.
/// </summary>
internal sealed class FreezeRun(int silos, Action<string> say)
{
    // So slow that starts wait in the frozen silo's queues, and answered so late that some are on their way.
    private const int StartsPerMinute = 120;
    private const int AtLeast = 5;
    private const int AtOnce = 20;
    private static readonly TimeSpan AnswerDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GiveUp = TimeSpan.FromMinutes(10);
    private static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <returns>What was wrong; empty when every promise was kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(GiveUp);
        var limits = new TrialLimits { RequestTimeout = TimeSpan.FromSeconds(30) };
        await using var platforms = await Platforms.StartAsync(seed: 1, limits, limit.Token);
        platforms.Faults.Add(new() { Kind = FaultKind.Delay, DelaySeconds = AnswerDelay.TotalSeconds, Operation = "start", AfterActing = true });
        await using var store = await PostgresTrialStore.CreateAsync(TimeProvider.System);
        var folder = Directory.CreateTempSubdirectory("vigil-freeze-");
        var hurts = new HurtLog(TimeProvider.System);
        var processes = Enumerable.Range(0, silos).Select(number => NewSilo(folder, number, store, platforms, hurts)).ToList();

        // A trial that is interrupted leaves no silo behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => processes.ForEach(silo => silo.Dispose());
        List<string> problems;
        try
        {
            problems = await TryAsync(processes, store, platforms, limit.Token);
        }
        finally
        {
            processes.ForEach(silo => silo.Dispose());
        }

        problems.ForEach(say);
        say(problems.Count == 0 ? "Every promise was kept." : $"{problems.Count} promises were broken. The silos' output is in {folder.FullName}.");
        if (problems.Count == 0)
        {
            folder.Delete(recursive: true);
        }

        return problems;
    }

    private async Task<List<string>> TryAsync(List<SiloProcess> processes, PostgresTrialStore store, Platforms platforms, CancellationToken limit)
    {
        processes.ForEach(silo => silo.Start());
        await Task.WhenAll(processes.Select(silo => silo.Up)).WaitAsync(limit);
        var (witness, victim) = (processes[0], processes[^1]);
        var name = await Http.GetStringAsync(new Uri(victim.Address, "/kill/silo"), limit);

        var orders = await OrderUntilBusyAsync(witness, name, store, platforms, limit);
        victim.Freeze();
        say($"{orders.Count} were ordered when {victim} was frozen.");
        await Http.GetStringAsync(new Uri(witness.Address, $"/kill/until-dead?silo={Uri.EscapeDataString(name)}"), limit);
        say($"{victim} was declared dead.");
        var before = await SettleAsync(witness, orders, limit);
        say("All have ended.");

        var died = victim.Died;
        var thawedAt = TimeProvider.System.GetUtcNow();
        victim.Thaw();
        await died.WaitAsync(limit);
        await victim.Up.WaitAsync(limit);
        var after = await SettleAsync(victim, orders, limit);

        List<string> problems = [.. orders.SelectMany(order => Judge(order, before[order.Key], after[order.Key], platforms.Ledger()))];
        problems.AddRange((await store.CountEndsAsync(limit))
            .Where(end => end.Count != 1 + (WasFound(before[end.ExecutionId], after[end.ExecutionId]) ? 1 : 0)).Select(end => $"{end.ExecutionId} ended {end.Count} times"));

        // A request that the freeze caught between the check of its claim and the network may still arrive; none may be begun.
        problems.AddRange(Journal.Read(victim.Number, victim.JournalPath).Where(entry => entry.Act == JournalAct.Sending && entry.At > thawedAt)
            .Select(late => $"{victim} sent {late.Key} when it woke up, long after its claim had run out"));

        return problems;
    }

    /// <summary>Orders executions until a silo has some of them running and some that wait for their start.</summary>
    private static async Task<List<Order>> OrderUntilBusyAsync(SiloProcess asked, string victim, PostgresTrialStore store, Platforms platforms, CancellationToken limit)
    {
        List<Order> orders = [];
        for (var (waiting, running) = (0L, 0L); waiting < AtLeast || running < AtLeast; (waiting, running) = await store.CountLiveAsync(victim, limit))
        {
            if (waiting < AtLeast)
            {
                Order[] more = [.. Enumerable.Range(orders.Count, AtOnce).Select(Order.Plain)];
                Array.ForEach(more, order => platforms.Prepare(order));
                await Task.WhenAll(more.Select(order => StartAsync(asked, order, limit)));
                orders.AddRange(more);
            }
        }

        return orders;
    }

    private static async Task StartAsync(SiloProcess asked, Order order, CancellationToken limit)
    {
        var target = new { kind = order.Kind, id = order.Target, version = order.Version };
        using var response = await Http.PostAsJsonAsync(
            new Uri(asked.Address, "/v1/executions"), new { key = order.Key, connection = order.Platform, target, input = new { marker = order.Key } }, limit);
        response.EnsureSuccessStatusCode();
    }

    private static async Task<Dictionary<string, Execution>> SettleAsync(SiloProcess asked, List<Order> orders, CancellationToken limit)
    {
        var executions = new Dictionary<string, Execution>(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            while (!executions.TryGetValue(order.Key, out var execution) || execution is not { Terminal: true, PendingWork: PendingWork.None })
            {
                using var response = await Http.GetAsync(new Uri(asked.Address, $"/v1/executions/{order.Key}?wait=60s"), limit);
                if (response.StatusCode < HttpStatusCode.InternalServerError)
                {
                    executions[order.Key] = (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(VigilJson.Default.Execution, limit))!;
                }
            }
        }

        return executions;
    }

    private static IEnumerable<string> Judge(Order order, Execution before, Execution after, IReadOnlyList<RealRun> ledger)
    {
        var runs = ledger.Where(run => run.Key == order.Key).ToList();
        if (runs.Count > 1)
        {
            yield return $"{order} was started {runs.Count} times";
        }

        // A start whose answer the frozen silo never read is confirmed where the platform can find it, and lost where it cannot.
        var isLost = before is { Status: ExecutionStatus.Lost, Failure.Reason: "start_unconfirmed" } && !LostOnlyByEvidence.FindStartsAgain.Contains(order.Platform);
        if (!isLost && (before.Status != ExecutionStatus.Succeeded || runs.Count == 0))
        {
            yield return $"{order} ended as {before.Status}: {before.Failure}";
        }

        if (!WasFound(before, after) && (after.Status, after.Attempt, after.EndedAt) != (before.Status, before.Attempt, before.EndedAt))
        {
            yield return $"{order} had ended as {before.Status} and is {after.Status} since the silo woke up";
        }
    }

    /// <summary>Returns whether a start that was lost was confirmed after all, by the silo that had its answer.</summary>
    private static bool WasFound(Execution before, Execution after) =>
        before is { Status: ExecutionStatus.Lost, Failure.Reason: "start_unconfirmed" } && after is { Status: ExecutionStatus.Succeeded, Attempt: 2 };

    private static SiloProcess NewSilo(DirectoryInfo folder, int number, PostgresTrialStore store, Platforms platforms, HurtLog hurts)
    {
        var settings = new Dictionary<string, string?>([.. platforms.Connections, .. store.SettingsOf(number)]);
        foreach (var rate in settings.Keys.Where(key => key.EndsWith(":StartsPerMinute", StringComparison.Ordinal)).ToList())
        {
            settings[rate] = StartsPerMinute.ToString(CultureInfo.InvariantCulture);
        }

        return new(number, settings, folder, hurts);
    }
}
