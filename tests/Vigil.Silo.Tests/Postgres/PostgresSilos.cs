using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Simulator;
using Vigil.Testing;

namespace Vigil.Silo.Tests.Postgres;

/// <summary>Silos in this process over a PostgreSQL server of their class, with simulated platforms that all of them know.</summary>
public abstract class PostgresSilos : IClassFixture<PostgresSilos.Servers>, IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-");
    private readonly List<RunningSilo> _silos = [];
    private readonly Lazy<Task<string>> _database;
    private readonly Lazy<Task<SimulatorHost>> _simulator = new(() => SimulatorHost.StartAsync(SimulatorOptions.Lenient));

    private protected PostgresSilos(Servers servers) => _database = new(servers.CreateDatabaseAsync);

    private protected HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(5) };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        Http.Dispose();
        _data.Delete(recursive: true);
        if (_simulator.IsValueCreated)
        {
            await (await _simulator.Value).DisposeAsync();
        }
    }

    /// <summary>Returns how the test's own database is reached.</summary>
    private protected Task<string> DatabaseAsync() => _database.Value;

    private protected async Task<RunningSilo> StartSiloAsync(params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Vigil:Connections:0:Name"] = "gloriamundo",
            ["Vigil:Connections:0:Platform"] = "gloriamundo",
            ["Vigil:Connections:0:BaseAddress"] = (await _simulator.Value).AddressOf("gloriamundo").ToString(),
            ["Vigil:Connections:0:Credential"] = "simulated",
            ["Vigil:Connections:0:StartsPerMinute"] = "60000",
            ["Vigil:Connections:0:PollsPerMinute"] = "60000",
        };
        if (!settings.Any(setting => setting.Name == "Vigil:Store:ConnectionString"))
        {
            all["Vigil:Store:ConnectionString"] = await DatabaseAsync();
        }

        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        var silo = await RunningSilo.StartAsync(new(_data.FullName, Port: 0, Simulate: false, Quiet: true) { Settings = all }, CancellationToken.None);
        _silos.Add(silo);
        return silo;
    }

    private protected async Task StopAsync(RunningSilo silo)
    {
        _silos.Remove(silo);
        await silo.WaitForShutdownAsync(new CancellationToken(canceled: true));
        await silo.DisposeAsync();
    }

    private protected async Task<string> StartExecutionAsync(RunningSilo silo)
    {
        using var answer = await Http.PostAsJsonAsync(
            $"{silo.Address}/v1/executions",
            new { connection = "gloriamundo", target = new { kind = "workflow", id = "ok-5s" }, key = Guid.NewGuid().ToString() });
        answer.EnsureSuccessStatusCode();
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
    }

    /// <summary>Waits for an execution's end through a silo and returns its status.</summary>
    private protected async Task<string> WaitAsync(RunningSilo silo, string id)
    {
        for (var waits = 0; ; waits++)
        {
            var execution = (await Http.GetFromJsonAsync<JsonNode>($"{silo.Address}/v1/executions/{id}?wait=60s"))!;
            if ((bool)execution["terminal"]! || waits == 5)
            {
                return (string)execution["status"]!;
            }
        }
    }

    /// <summary>The server of a class, started by the first test that needs it.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        private readonly Lazy<Task<PostgresServer>> _server = new(() => PostgresServer.StartAsync());

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task<string> CreateDatabaseAsync() => await (await _server.Value).CreateDatabaseAsync();

        /// <summary>Crashes the server, and starts it again when something has come about without it.</summary>
        public async Task RestartAsync(Func<Task> meanwhile)
        {
            var server = await _server.Value;
            await server.CrashAsync();
            await meanwhile();
            await server.StartAgainAsync();
        }

        public async Task DisposeAsync()
        {
            if (_server.IsValueCreated)
            {
                await (await _server.Value).DisposeAsync();
            }
        }
    }
}

/// <summary>A test that needs a PostgreSQL server, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot;
}
