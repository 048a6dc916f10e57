using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Silo;
using Vigil.Simulator;
using Vigil.Testing;

namespace Vigil.Gateway.Tests.Postgres;

/// <summary>Silos in this process over a private PostgreSQL server, with simulated platforms that all of them know.</summary>
public abstract class PostgresSilos : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-");
    private readonly List<RunningSilo> _silos = [];
    private PostgresServer? _server;
    private SimulatorHost? _simulator;

    private protected string Database { get; private set; } = "";

    private protected HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(100) };

    public async Task InitializeAsync()
    {
        if (PostgresServer.WhyNot is null)
        {
            _server = await PostgresServer.StartAsync();
            Database = await _server.CreateDatabaseAsync();
            _simulator = await SimulatorHost.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        Http.Dispose();
        _data.Delete(recursive: true);
        if (_server is not null)
        {
            await _simulator!.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    private protected async Task<RunningSilo> StartSiloAsync(params (string Name, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Vigil:Store:ConnectionString"] = Database,
            ["Vigil:Connections:0:Name"] = "gloriamundo",
            ["Vigil:Connections:0:Platform"] = "gloriamundo",
            ["Vigil:Connections:0:BaseAddress"] = _simulator?.AddressOf("gloriamundo").ToString(),
            ["Vigil:Connections:0:Credential"] = "simulated",
            ["Vigil:Connections:0:StartsPerMinute"] = "60000",
            ["Vigil:Connections:0:PollsPerMinute"] = "60000",
        };
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
            new { connection = "gloriamundo", target = new { kind = "workflow", id = "ok-5s" }, key = VigilApp.NewKey() });
        answer.EnsureSuccessStatusCode();
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
    }

    /// <summary>Waits for an execution's end through a silo and returns its status.</summary>
    private protected async Task<string> WaitAsync(RunningSilo silo, string id) =>
        (string)(await Http.GetFromJsonAsync<JsonNode>($"{silo.Address}/v1/executions/{id}?wait=60s"))!["status"]!;
}

/// <summary>A test that needs a PostgreSQL server, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.WhyNot;
}
