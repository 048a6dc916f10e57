using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Client;

namespace Vigil.Silo.Tests.Executable;

/// <summary>The program as <c>./run</c> starts it, killed while runs go on and started again.</summary>
public sealed class RestartTests : IDisposable
{
    private const string Scripts = """
        { "scripts": [
          { "target": "well", "script": { "steps": [ { "name": "a", "duration": 2 }, { "name": "b", "duration": 2 } ] } },
          { "target": "badly", "script": { "steps": [ { "name": "a", "duration": 4, "fails": true, "reason": "no space" } ] } } ] }
        """;

    private static readonly (string Connection, string Kind, string? Version)[] Platforms =
        [("gloriamundo", "workflow", null), ("agentic", "flow", null), ("moderately", "agent", null), ("manifest", "workflow", null), ("cognite", "workflow", "1")];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vigil-restart-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_KilledAndStartedAgain_GoesOn()
    {
        var arguments = await ArgumentsAsync();
        await using var killed = await SiloExecutable.ListeningAsync(arguments);
        await StartAllAsync(killed);
        await killed.KillAsync();

        await using var next = await SiloExecutable.ListeningAsync(arguments);

        await EndAsScriptedAsync(next);
        using var simulator = new HttpClient { BaseAddress = await next.AddressAsync("Simulated platforms on ") };
        var runs = (await simulator.GetFromJsonAsync<JsonArray>("/_sim/ledger/runs"))!;
        Assert.Equal(2 * Platforms.Length, runs.Count);
        Assert.All(runs, run => Assert.Equal(1, (int)run!["starts"]!));
    }

    [Fact]
    public async Task Observers_OverHttp_OfAProgramThatIsKilledAndStartedAgain_GoOn()
    {
        var arguments = await ArgumentsAsync();
        await using var killed = await SiloExecutable.ListeningAsync(arguments);
        var address = new Uri(killed.Address);
        var client = new VigilHttpClient(address);
        var handle = await client.StartAsync(new() { Connection = "gloriamundo", Target = new("workflow", "well") }, "observed");
        var ofOne = handle.ObserveAsync().ToArrayAsync().AsTask();
        var ofAll = client.ObserveAsync(new EventFilter { TargetId = "well" }, afterSeq: 0).Take(2).ToArrayAsync().AsTask();
        var ended = client.ObserveAsync(new EventFilter { Types = [ExecutionEventTypes.Ended] }, afterSeq: 0).FirstAsync().AsTask();
        await ofAll;
        await killed.KillAsync();

        await using var next = await SiloExecutable.Start(["--port", $"{address.Port}", .. arguments]).WhenListeningAsync();

        var told = await ofOne;
        Assert.Equal((handle.Id, ExecutionStatus.Succeeded), ((await ended).Execution.Id, (await ended).Execution.Status));
        Assert.Equal((await handle.ObserveAsync().ToArrayAsync()).Take(told.Length).Select(one => one.Id), told.Select(one => one.Id));
        Assert.Contains(told, one => one.Type == ExecutionEventTypes.Ended);
    }

    [Fact]
    public async Task Simulator_OfSeveralSilosKilledAndStartedAgain_GoesOn()
    {
        var arguments = await ArgumentsAsync();
        await using var killed = SiloExecutable.Start(["simulator", "--port", "0", .. arguments.Where(argument => argument != "--simulate")]);
        var address = await killed.AddressAsync("Simulated platforms on ");
        await using var one = await SiloExecutable.ListeningAsync(["--data", FolderOf("one"), "--simulator", address.ToString()]);
        await using var other = await SiloExecutable.ListeningAsync(["--data", FolderOf("other"), "--simulator", address.ToString()]);
        await StartAllAsync(one);
        await StartAllAsync(other);
        await killed.KillAsync();

        await using var next = SiloExecutable.Start(["simulator", "--port", $"{address.Port}", .. arguments.Where(argument => argument != "--simulate")]);

        await EndAsScriptedAsync(one);
        await EndAsScriptedAsync(other);
    }

    private async Task<string[]> ArgumentsAsync()
    {
        var scripts = FolderOf("scripts.json");
        await File.WriteAllTextAsync(scripts, Scripts);
        return ["--simulate", "--data", FolderOf("data"), "--scripts", scripts];
    }

    private string FolderOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Starts an execution that ends well and one that does not on every platform, and returns when all of them run there.</summary>
    private static async Task StartAllAsync(SiloExecutable silo)
    {
        foreach (var (connection, kind, version) in Platforms)
        {
            await silo.StartAsync(connection, kind, "well", $"{connection}-well", version);
            await silo.StartAsync(connection, kind, "badly", $"{connection}-badly", version);
        }

        foreach (var (connection, _, _) in Platforms)
        {
            await silo.UntilAsync($"{connection}-well", execution => execution["remote_id"] is not null);
            await silo.UntilAsync($"{connection}-badly", execution => execution["remote_id"] is not null);
        }
    }

    private static async Task EndAsScriptedAsync(SiloExecutable silo)
    {
        foreach (var (connection, _, _) in Platforms)
        {
            Assert.Equal("succeeded", (string?)(await silo.UntilAsync($"{connection}-well", _ => false))["status"]);
            Assert.Equal("failed", (string?)(await silo.UntilAsync($"{connection}-badly", _ => false))["status"]);
        }
    }
}
