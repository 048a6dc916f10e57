using System.Net.Http.Json;

namespace Vigil.Kill;

/// <summary>One whole trial: silos as processes, platforms in this one, callers, chaos, and at the end the check.</summary>
internal sealed class KillRun(int seed, TimeSpan length, int silos, Action<string> say)
{
    private static readonly TimeSpan SettlePatience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan TellingPatience = TimeSpan.FromMinutes(3);
    private readonly TimeProvider _time = TimeProvider.System;

    /// <returns>What was wrong; empty when every promise was kept.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        say($"Seed {seed}, {length}, {silos} silo(s).");
        var folder = Directory.CreateTempSubdirectory("vigil-kill-");
        await using var platforms = await Platforms.StartAsync(seed, cancellationToken);
        var processes = Enumerable.Range(0, silos).Select(number => NewSilo(folder, number, platforms)).ToList();
        try
        {
            processes.ForEach(silo => silo.Start());
            var random = new Random(seed);
            using var workload = new Workload(processes, new Random(random.Next()), _time);
            var chaos = new Chaos(processes, new Random(random.Next()), _time, say);

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stop.CancelAfter(length);
            giveUp.CancelAfter(length + SettlePatience);
            await Task.WhenAll(workload.RunAsync(stop.Token, giveUp.Token), chaos.RunAsync(stop.Token));

            var executions = await SettleAsync(processes[0], workload.Orders, giveUp.Token);
            await WaitUntilToldAsync(executions.Keys, LogOf(folder));
            var problems = Judge(workload.Orders, executions, new(platforms.Ledger(), Told.ReadLog(LogOf(folder)), chaos)).ToList();
            Report(workload.Orders, executions, problems, folder);
            return problems;
        }
        finally
        {
            processes.ForEach(silo => silo.Dispose());
        }
    }

    private static IEnumerable<string> Judge(IReadOnlyList<Order> orders, Dictionary<string, Execution> executions, Checker checker)
    {
        foreach (var order in orders)
        {
            if (order.Refusal is { } refusal)
            {
                yield return $"{order}: {refusal}";
            }
            else if (!executions.TryGetValue(order.Key, out var execution))
            {
                yield return $"{order}: was accepted, but is not there";
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
    private async Task<Dictionary<string, Execution>> SettleAsync(SiloProcess silo, IReadOnlyList<Order> orders, CancellationToken giveUp)
    {
        using var http = new HttpClient { BaseAddress = silo.Address, Timeout = TimeSpan.FromSeconds(70) };
        var executions = new Dictionary<string, Execution>(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            while (!giveUp.IsCancellationRequested)
            {
                try
                {
                    var execution = await http.GetFromJsonAsync($"/v1/executions/{order.Key}?wait=60s", VigilJson.Default.Execution, giveUp);
                    executions[order.Key] = execution!;
                    if (execution is { Terminal: true, PendingWork: PendingWork.None })
                    {
                        break;
                    }
                }
                catch (HttpRequestException e) when (e.StatusCode is null or >= System.Net.HttpStatusCode.InternalServerError)
                {
                    // The silo is still on its way up.
                }
                catch (HttpRequestException)
                {
                    break;
                }
                catch (OperationCanceledException)
                {
                    break;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(500), _time, CancellationToken.None);
            }
        }

        return executions;
    }

    // A delivery that a killed silo had leased comes again when the lease has run out, and one that failed after its delay.
    private async Task WaitUntilToldAsync(IEnumerable<string> executionIds, string log)
    {
        var patience = _time.GetTimestamp();
        var untold = executionIds.ToHashSet(StringComparer.Ordinal);
        while (untold.Count > 0 && _time.GetElapsedTime(patience) < TellingPatience)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _time, CancellationToken.None);
            untold.ExceptWith(Told.ReadLog(log).Where(told => told.Type == ExecutionEventTypes.Ended).Select(told => told.ExecutionId));
        }
    }

    private void Report(IReadOnlyList<Order> orders, Dictionary<string, Execution> executions, List<string> problems, DirectoryInfo folder)
    {
        say($"{orders.Count} ordered, {orders.Count(order => order.Accepted)} accepted: "
            + string.Join(", ", executions.Values.GroupBy(execution => execution.Status).OrderBy(group => group.Key).Select(group => $"{group.Count()} {group.Key}")));
        problems.ForEach(say);
        say(problems.Count == 0 ? "Every promise was kept." : $"{problems.Count} promises were broken; replay with --seed {seed}. The silos' output is in {folder.FullName}.");
        if (problems.Count == 0)
        {
            folder.Delete(recursive: true);
        }
    }

    private static SiloProcess NewSilo(DirectoryInfo folder, int number, Platforms platforms)
    {
        var environment = new Dictionary<string, string>(platforms.Connections)
        {
            [KillHost.DataSetting] = Path.Combine(folder.FullName, "data"),
            [LogSubscriber.PathSetting.Replace(":", "__", StringComparison.Ordinal)] = LogOf(folder),
        };
        return new(FreePort(), environment, Path.Combine(folder.FullName, $"silo-{number}.log"));
    }

    private static string LogOf(DirectoryInfo folder) => Path.Combine(folder.FullName, "told.jsonl");

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
