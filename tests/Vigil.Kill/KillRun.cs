using System.Net;
using System.Net.Http.Json;

namespace Vigil.Kill;

/// <summary>One whole trial: silos as processes, platforms in this one, callers, chaos, and at the end the check.</summary>
internal sealed class KillRun(int seed, TimeSpan length, int silos, Action<string> say)
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TellingPatience = TimeSpan.FromMinutes(4);
    private readonly TimeProvider _time = TimeProvider.System;

    /// <returns>What was wrong; empty when every promise was kept.</returns>
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
            say($"{problems.Count} promises were broken. The same seed, {seed}, makes the same choices again. The silos' output is in {folder.FullName}.");
        }

        return problems;
    }

    private async Task<List<string>> TryAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        await using var platforms = await Platforms.StartAsync(seed, cancellationToken);
        await using var log = await ToldLog.StartAsync(cancellationToken);
        await using var store = await CreateStoreAsync(folder);
        if (store.LeftOut is { } leftOut)
        {
            say(leftOut);
        }

        var processes = Enumerable.Range(0, silos).Select(number => NewSilo(folder, number, store, platforms, log)).ToList();

        // A trial that is interrupted leaves no silo behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => processes.ForEach(silo => silo.Dispose());
        try
        {
            processes.ForEach(silo => silo.Start());
            await Task.WhenAll(processes.Select(silo => silo.Up)).WaitAsync(StartPatience, cancellationToken);
            var random = new Random(seed);
            using var workload = new Workload(processes, new Random(random.Next()), _time);
            var chaos = new Chaos(processes, store, length, new Random(random.Next()), _time);

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stop.CancelAfter(length);
            giveUp.CancelAfter(length + SettlePatience);
            var unanswered = await RunAsync(workload, chaos, stop.Token, giveUp.Token);
            say($"Hurt: {chaos.Summary}.");

            var executions = await SettleAsync(processes, workload.Orders, giveUp.Token);
            await WaitUntilToldAsync(executions.Values, log);
            Report(workload.Orders, executions, platforms);
            return
            [
                .. unanswered, .. Idle(chaos, workload.Orders), .. Surprises(processes),
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
        var hurting = chaos.RunAsync(stop);
        try
        {
            await workload.RunAsync(stop, giveUp);
            return [];
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return ["callers still waited for an answer long after the last silo was hurt"];
        }
        finally
        {
            await hurting;
        }
    }

    // A trial in which nothing happens proves nothing.
    private static IEnumerable<string> Idle(Chaos chaos, IReadOnlyList<Order> orders)
    {
        if (chaos.Count == 0)
        {
            yield return "nothing was hurt";
        }

        if (!orders.Any(order => order.Accepted))
        {
            yield return "nothing was accepted";
        }
    }

    private static IEnumerable<string> Surprises(IEnumerable<SiloProcess> processes) =>
        processes.Where(silo => silo.Surprises > 0).Select(silo => $"{silo} ended {silo.Surprises} times by itself");

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
                yield return inTime ? $"{order}: was accepted, but is not there" : $"{order}: was not asked about in time";
            }
            else
            {
                foreach (var problem in checker.Check(order, execution))
                {
                    yield return $"{order}: {problem}";
                }
            }
        }

        foreach (var problem in checker.CheckStrangers(orders.Select(order => order.Key).ToHashSet()))
        {
            yield return problem;
        }
    }

    // Everything accepted has an end: the longest deadline is far shorter than the patience, or the outcome is at hand.
    private async Task<Dictionary<string, Execution>> SettleAsync(List<SiloProcess> silos, IReadOnlyList<Order> orders, CancellationToken giveUp)
    {
        var asked = 0;
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(70) };
        var executions = new Dictionary<string, Execution>(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            while (!giveUp.IsCancellationRequested)
            {
                try
                {
                    var execution = await http.GetFromJsonAsync(new Uri(silos[asked].Address, $"/v1/executions/{order.Key}?wait=60s"), VigilJson.Default.Execution, giveUp);
                    executions[order.Key] = execution!;
                    if (execution is { Terminal: true, PendingWork: PendingWork.None })
                    {
                        break;
                    }
                }
                catch (HttpRequestException e) when (e.StatusCode is null or >= HttpStatusCode.InternalServerError)
                {
                    // The silo is still on its way up.
                    asked = (asked + 1) % silos.Count;
                }
                catch (HttpRequestException)
                {
                    break;
                }
                catch (OperationCanceledException)
                {
                    asked = (asked + 1) % silos.Count;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), _time, CancellationToken.None);
            }
        }

        return executions;
    }

    // A delivery that a killed silo had leased comes again when the lease has run out, and one that failed after its delay.
    private async Task WaitUntilToldAsync(IReadOnlyCollection<Execution> executions, ToldLog log)
    {
        var patience = _time.GetTimestamp();
        while (_time.GetElapsedTime(patience) < TellingPatience)
        {
            var told = log.All.Where(line => line.Type == ExecutionEventTypes.Ended).Select(line => (line.ExecutionId, line.Attempt)).ToHashSet();
            if (executions.All(execution => told.Contains((execution.Id, execution.Attempt))))
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
            + $"{platforms.UnconfirmableStarts} starts whose answer was cut for good.");
    }

    private static SiloProcess NewSilo(DirectoryInfo folder, int number, ITrialStore store, Platforms platforms, ToldLog log)
    {
        var environment = new Dictionary<string, string>([.. platforms.Connections, .. store.EnvironmentOf(number)])
        {
            [LogSubscriber.AddressSetting.Replace(":", "__", StringComparison.Ordinal)] = log.Address.ToString(),
        };
        return new(number, environment, Path.Combine(folder.FullName, $"silo-{number}.log"));
    }
}
