using System.Net.Http.Json;
using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>
/// Does a silo that joins get its part of the executions, and how long does it take until the others have taken over from one that is killed? Silos are
/// processes over a PostgreSQL server of their own; the simulated platform, in this process, knows which run was started and polled when.
/// </summary>
internal sealed class ClusterTrial(int executions, TimeSpan cadence, Action<string> say)
{
    private const int Silos = 3;
    private const int Starters = 64;
    private const string Target = "watched";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };

    private readonly TimeProvider _time = TimeProvider.System;
    private Dictionary<string, long> _polls = [];

    /// <returns>Whether no run was started twice and none was forgotten.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        say($"{executions:N0} executions, polled every {cadence.TotalSeconds:N1} s, {Environment.ProcessorCount} cores for all silos, their database and the platform");
        var folder = Directory.CreateTempSubdirectory("vigil-trial-");
        await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient with { LedgerCapacity = 1 }, cancellationToken);
        simulator.Platforms.Scripts.Set(null, Target, new() { Steps = [new() { Name = "Work", Duration = new() { Seconds = 100_000 } }] });
        await using var store = await PostgresTrialStore.CreateAsync(_time);
        var settings = new Dictionary<string, string?>([.. Connection(simulator), .. store.SettingsOf(0)]);
        var hurts = new HurtLog(_time);
        var silos = Enumerable.Range(0, Silos).Select(number => new SiloProcess(number, settings, folder, hurts)).ToList();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => silos.ForEach(silo => silo.Dispose());
        try
        {
            await StartSilosAsync(silos[..2], cancellationToken);
            await StartExecutionsAsync(silos[..2], simulator, cancellationToken);
            await JoinAsync(silos, simulator, cancellationToken);
            return await KillAsync(silos, simulator, cancellationToken);
        }
        finally
        {
            silos.ForEach(silo => silo.Dispose());
            folder.Delete(recursive: true);
        }
    }

    private IEnumerable<KeyValuePair<string, string?>> Connection(SimulatorHost simulator) => new Dictionary<string, string?>
    {
        ["Name"] = "moderately",
        ["Platform"] = "moderately",
        ["BaseAddress"] = simulator.AddressOf("moderately").ToString(),
        ["Credential"] = "simulated",
        ["Cadence"] = cadence.ToString("c", CultureInfo.InvariantCulture),
        ["StartsPerMinute"] = "600000",
        ["PollsPerMinute"] = "600000",
        ["Settings:team_id"] = "simulated",
    }.Select(setting => KeyValuePair.Create($"Vigil:Connections:0:{setting.Key}", setting.Value));

    private static async Task StartSilosAsync(List<SiloProcess> silos, CancellationToken cancellationToken)
    {
        silos.ForEach(silo => silo.Start());
        await Task.WhenAll(silos.Select(silo => silo.Up)).WaitAsync(Patience, cancellationToken);
    }

    private async Task StartExecutionsAsync(List<SiloProcess> silos, SimulatorHost simulator, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, executions),
            new ParallelOptions { MaxDegreeOfParallelism = Starters, CancellationToken = cancellationToken },
            async (number, cancel) =>
            {
                var request = new { key = $"cluster-{number}", connection = "moderately", target = new { kind = "agent", id = Target } };
                using var answer = await Http.PostAsJsonAsync(new Uri(silos[number % silos.Count].Address, "/v1/executions"), request, cancel);
                answer.EnsureSuccessStatusCode();
            });
        _polls = [];
        await UntilPolledAgainAsync(simulator, cancellationToken);
        say($"All were accepted, started and polled after {_time.GetElapsedTime(began).TotalSeconds:N0} s.");
    }

    private async Task JoinAsync(List<SiloProcess> silos, SimulatorHost simulator, CancellationToken cancellationToken)
    {
        await StartSilosAsync(silos[2..], cancellationToken);
        say("since the third joined | share of each silo | farthest from a third | not polled in between");
        Remember(simulator);
        await SampleAsync(TimeSpan.Zero, silos, simulator, cancellationToken);
        for (var after = SampleInterval; after <= 3 * SampleInterval; after += SampleInterval)
        {
            await Task.Delay(SampleInterval, _time, cancellationToken);
            await SampleAsync(after, silos, simulator, cancellationToken);
            Remember(simulator);
        }
    }

    private async Task SampleAsync(TimeSpan after, List<SiloProcess> silos, SimulatorHost simulator, CancellationToken cancellationToken)
    {
        var missed = Missed(simulator);
        var shares = await Task.WhenAll(silos.Select(async silo =>
            (await Http.GetFromJsonAsync<JsonElement>(new Uri(silo.Address, "/v1/connections"), cancellationToken)).GetProperty("items")[0].GetProperty("watched").GetInt32()));
        var even = executions / (double)Silos;
        var farthest = shares.Max(share => Math.Abs(share - even) / even);
        say($"{after.TotalSeconds,20:N0} s | {string.Join(" / ", shares.Select(share => $"{share:N0}")),18} | {farthest,21:P1} | {(after == TimeSpan.Zero ? "-" : $"{missed:N0}"),22}");
    }

    private async Task<bool> KillAsync(List<SiloProcess> silos, SimulatorHost simulator, CancellationToken cancellationToken)
    {
        int[] survivors = [0, 2];
        var lines = survivors.Sum(silo => silos[silo].Output.Lines);
        await silos[1].KillAsync();
        Remember(simulator);
        var began = _time.GetTimestamp();
        var forgotten = await UntilPolledAgainAsync(simulator, cancellationToken);
        var took = _time.GetElapsedTime(began);
        var twice = simulator.Platforms.Runs.Count - executions;
        say($"One of the three was killed: {(forgotten == 0 ? $"all were polled again after {took.TotalSeconds:N1} s" : $"{forgotten:N0} were not polled again within {Patience}")}; "
            + $"{twice:N0} started twice, {forgotten:N0} forgotten; {survivors.Sum(silo => silos[silo].Output.Lines) - lines:N0} log lines on the survivors.");
        return forgotten == 0 && twice == 0;
    }

    private void Remember(SimulatorHost simulator) => _polls = simulator.Platforms.Runs.All().ToDictionary(run => run.Id, run => run.Polls);

    /// <summary>Counts the runs that were not polled since they were last remembered, with those that are not even started.</summary>
    private int Missed(SimulatorHost simulator) =>
        Math.Max(0, executions - simulator.Platforms.Runs.All().Count(run => run.Polls > _polls.GetValueOrDefault(run.Id)));

    /// <returns>How many were never polled.</returns>
    private async Task<int> UntilPolledAgainAsync(SimulatorHost simulator, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        int missed;
        while ((missed = Missed(simulator)) > 0 && _time.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(LookInterval, _time, cancellationToken);
        }

        return missed;
    }
}
