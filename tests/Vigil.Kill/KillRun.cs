using System.Net;
using System.Net.Http.Json;

namespace Vigil.Kill;

/// <summary>One trial: silos as processes, the platforms in this process, callers, faults, and at the end the check.</summary>
internal sealed class KillRun(int seed, TimeSpan length, int silos, Action<string> say)
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromMinutes(4);
    private readonly TimeProvider _time = TimeProvider.System;

    /// <returns>The problems found; empty if every promise was kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        say($"Seed {seed}, {length}, {silos} silo(s).");
        var folder = Directory.CreateTempSubdirectory("vigil-kill-");
        var problems = await TryAsync(folder, cancellationToken);
        problems.ForEach(say);
        if (problems.Count == 0)
        {
            say("Every promise was kept.");
            folder.Delete(recursive: true);
        }
        else
        {
            say($"{problems.Count} promises were broken. Seed {seed} repeats the same choices. The silos' output is in {folder.FullName}.");
        }

        return problems;
    }

    private async Task<List<string>> TryAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        await using var platforms = await Platforms.StartAsync(seed, cancellationToken);
        await using var log = await DeliveryLog.StartAsync(cancellationToken);
        await using var store = await CreateStoreAsync(folder);
        if (store.SkippedFaults is { } skipped)
        {
            say(skipped);
        }

        var processes = Enumerable.Range(0, silos).Select(number => NewSilo(folder, number, store, platforms, log)).ToList();

        // An interrupted trial must not leave silos behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => processes.ForEach(silo => silo.Dispose());
        try
        {
            processes.ForEach(silo => silo.Start());
            await Task.WhenAll(processes.Select(silo => silo.Up)).WaitAsync(StartTimeout, cancellationToken);
            var random = new Random(seed);
            using var workload = new Workload(processes, new Random(random.Next()), _time);
            var chaos = new Chaos(processes, store, length, new Random(random.Next()), _time);

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stop.CancelAfter(length);
            giveUp.CancelAfter(length + SettleTimeout);
            var unanswered = await RunAsync(workload, chaos, stop.Token, giveUp.Token);
            say($"Faults: {chaos.Summary}.");

            var executions = await SettleAsync(processes, workload.Orders, giveUp.Token);
            await WaitUntilDeliveredAsync(executions.Values, log);
            Report(workload.Orders, executions, platforms);
            return
            [
                .. unanswered, .. Idle(chaos, workload.Orders), .. UnexpectedExits(processes),
                .. Judge(workload.Orders, executions, new(platforms.Ledger(), log.All, chaos), inTime: !giveUp.IsCancellationRequested),
            ];
        }
        finally
        {
            processes.ForEach(silo => silo.Dispose());
        }
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

    private static IEnumerable<string> UnexpectedExits(IEnumerable<SiloProcess> processes) =>
        processes.Where(silo => silo.UnexpectedExits > 0).Select(silo => $"{silo} exited {silo.UnexpectedExits} times without being killed");

    private async Task<ITrialStore> CreateStoreAsync(DirectoryInfo folder) =>
        silos > 1 ? await PostgresTrialStore.CreateAsync(_time) : await SqliteTrialStore.CreateAsync(Path.Combine(folder.FullName, "data"), _time);

    private static IEnumerable<string> Judge(IReadOnlyList<Order> orders, Dictionary<string, Execution> executions, Checker checker, bool inTime)
    {
        foreach (var order in orders)
        {
            if (order.Refusal is { } refusal)
            {
                yield return $"{order}: {refusal}";
            }
            else if (!executions.TryGetValue(order.Key, out var execution))
            {
                yield return inTime ? $"{order}: was accepted, but does not exist" : $"{order}: could not be read in time";
            }
            else
            {
                foreach (var problem in checker.Check(order, execution))
                {
                    yield return $"{order}: {problem}";
                }
            }
        }

        foreach (var problem in checker.CheckUnknownRuns(orders.Select(order => order.Key).ToHashSet()))
        {
            yield return problem;
        }
    }

    // Every accepted execution ends: it finishes soon by itself, or its deadline is far shorter than the time-out.
    private async Task<Dictionary<string, Execution>> SettleAsync(List<SiloProcess> silos, IReadOnlyList<Order> orders, CancellationToken giveUp)
    {
        var index = 0;
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(70) };
        var executions = new Dictionary<string, Execution>(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            while (!giveUp.IsCancellationRequested)
            {
                try
                {
                    var execution = await http.GetFromJsonAsync(new Uri(silos[index].Address, $"/v1/executions/{order.Key}?wait=60s"), VigilJson.Default.Execution, giveUp);
                    executions[order.Key] = execution!;
                    if (execution is { Terminal: true, PendingWork: PendingWork.None })
                    {
                        break;
                    }
                }
                catch (HttpRequestException e) when (e.StatusCode is null or >= HttpStatusCode.InternalServerError)
                {
                    // The silo is still starting.
                    index = (index + 1) % silos.Count;
                }
                catch (HttpRequestException)
                {
                    break;
                }
                catch (OperationCanceledException)
                {
                    index = (index + 1) % silos.Count;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), _time, CancellationToken.None);
            }
        }

        return executions;
    }

    // A delivery that a killed silo had leased is repeated when the lease expires, and a failed one after its delay.
    private async Task WaitUntilDeliveredAsync(IReadOnlyCollection<Execution> executions, DeliveryLog log)
    {
        var started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < DeliveryTimeout)
        {
            var delivered = log.All.Where(line => line.Type == ExecutionEventTypes.Ended).Select(line => (line.ExecutionId, line.Attempt)).ToHashSet();
            if (executions.All(execution => delivered.Contains((execution.Id, execution.Attempt))))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _time, CancellationToken.None);
        }
    }

    private void Report(IReadOnlyList<Order> orders, Dictionary<string, Execution> executions, Platforms platforms)
    {
        var outcomes = executions.Values.GroupBy(execution => execution.Status).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}");
        say($"{orders.Count} ordered, {orders.Count(order => order.Accepted)} accepted: {string.Join(", ", outcomes)}; "
            + $"{executions.Values.Count(execution => execution.Attempt > 1)} retried; {platforms.Requests} requests, "
            + $"{platforms.UnconfirmableStarts} starts whose answer was lost.");
    }

    private static SiloProcess NewSilo(DirectoryInfo folder, int number, ITrialStore store, Platforms platforms, DeliveryLog log)
    {
        var environment = new Dictionary<string, string>([.. platforms.Connections, .. store.EnvironmentOf(number)])
        {
            [LogSubscriber.AddressSetting.Replace(":", "__", StringComparison.Ordinal)] = log.Address.ToString(),
        };
        return new(number, environment, Path.Combine(folder.FullName, $"silo-{number}.log"));
    }
}
