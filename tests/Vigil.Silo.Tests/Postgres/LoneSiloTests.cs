using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Vigil.Silo.Tests.Postgres;

/// <summary>One silo over PostgreSQL.</summary>
public sealed class LoneSiloTests(PostgresSilos.Servers servers) : PostgresSilos(servers)
{
    [PostgresFact]
    public async Task Execution_IsWatchedToItsEnd()
    {
        var silo = await StartSiloAsync();

        Assert.Equal("succeeded", await WaitAsync(silo, await StartExecutionAsync(silo)));
    }

    [PostgresFact]
    public async Task Second_ThatIsAloneToo_IsRefused()
    {
        await StartSiloAsync();

        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartSiloAsync());

        Assert.Contains(
            "is in use by a silo of another cluster, or without one. Set Vigil:Clustering for all silos,",
            refusal.ToString(),
            StringComparison.Ordinal);
        Assert.Contains(Silo.StartError.Explain(refusal), line => line.Contains("is in use", StringComparison.Ordinal));
    }

    [PostgresFact]
    public async Task Next_AfterTheFirstHasGone_Starts()
    {
        var first = await StartSiloAsync();
        var id = await StartExecutionAsync(first);
        await StopAsync(first);

        Assert.Equal("succeeded", await WaitAsync(await StartSiloAsync(), id));
    }

    [PostgresFact]
    public async Task Pause_OutlivesARestart()
    {
        var first = await StartSiloAsync();
        using var paused = await Http.PostAsync($"{first.Address}/v1/connections/gloriamundo/pause", content: null);
        paused.EnsureSuccessStatusCode();
        await StopAsync(first);

        var next = await StartSiloAsync();
        var connections = await Http.GetFromJsonAsync<JsonNode>($"{next.Address}/v1/connections");

        Assert.Contains("paused", connections!.ToJsonString(), StringComparison.Ordinal);
    }
}
