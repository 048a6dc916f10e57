using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Vigil.Silo.Tests.Postgres;

/// <summary>Silos of one cluster in the middle of a rollout: each has a connection that the other does not have.</summary>
public sealed class MixedConfigurationTests(PostgresSilos.Servers servers) : PostgresSilos(servers)
{
    private static readonly (string, string?)[] Clustered =
        [("Vigil:Clustering:Address", "127.0.0.1"), ("Vigil:Clustering:SiloPort", "0"), ("Vigil:Clustering:GatewayPort", "0")];

    [PostgresFact]
    public async Task Request_ForAConnectionOfOneSilo_IsAnsweredAlikeByEach()
    {
        var first = await StartSiloAsync(Clustered);
        var second = await StartSiloAsync([.. Clustered, ("Vigil:Connections:0:Name", "renamed")]);

        foreach (var silo in (RunningSilo[])[first, second])
        {
            Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(n => PostAsync(silo, n % 2 == 0 ? "gloriamundo" : "renamed"))), answer =>
                Assert.Equal((HttpStatusCode.Created, null), answer));
            Assert.Equal((HttpStatusCode.NotFound, "connection_not_found"), await PostAsync(silo, "typo"));
            Assert.Equal(["gloriamundo", "renamed"], await ConnectionsAsync(silo));
        }
    }

    private async Task<(HttpStatusCode Status, string? Code)> PostAsync(RunningSilo silo, string connection)
    {
        // A silo tells the others of its connections a moment after it has become active.
        while (true)
        {
            using var answer = await Http.PostAsJsonAsync(
                $"{silo.Address}/v1/executions", new { connection, target = new { kind = "workflow", id = "ok-5s" }, key = Guid.NewGuid().ToString() });
            var code = (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["code"];
            if (code != "connection_not_ready")
            {
                return (answer.StatusCode, code);
            }

            Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (answer.StatusCode, answer.Headers.RetryAfter?.Delta));
            await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value, TimeProvider.System);
        }
    }

    private async Task<string[]> ConnectionsAsync(RunningSilo silo)
    {
        var list = (await Http.GetFromJsonAsync<JsonNode>($"{silo.Address}/v1/connections"))!;
        return [.. (list as JsonArray ?? list["items"]!.AsArray()).Select(connection => (string)connection!["name"]!)];
    }
}
