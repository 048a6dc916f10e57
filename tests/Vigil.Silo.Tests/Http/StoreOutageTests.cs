using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Silo.Tests.Executable;
using Vigil.Silo.Tests.Postgres;
using Vigil.Testing;

namespace Vigil.Silo.Tests.Http;

/// <summary>The program while its database is gone.</summary>
public sealed class StoreOutageTests
{
    [PostgresFact]
    public async Task Caller_IsToldThatTheStoreIsGone_AndNothingAboutTheDatabase()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var silo = await SiloExecutable.ListeningAsync(["--simulate"], ("Vigil__Store__ConnectionString", await server.CreateDatabaseAsync()));
        await server.CrashAsync();

        using var list = await silo.Http.GetAsync(new Uri("/v1/executions", UriKind.Relative));
        using var start = await silo.Http.PostAsJsonAsync("/v1/executions", new { connection = "gloriamundo", target = new { kind = "workflow", id = "ok-5s" } });
        using var command = await silo.Http.PostAsync(new Uri("/v1/executions/x/cancel", UriKind.Relative), content: null);

        foreach (var response in new[] { list, start, command })
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Contains((string?)JsonNode.Parse(text)!["code"], new[] { "store_unavailable", "unavailable" });
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.All(["127.0.0.1", server.Port.ToString(CultureInfo.InvariantCulture), "Npgsql", "   at ", ".cs"], inside => Assert.DoesNotContain(inside, text, StringComparison.OrdinalIgnoreCase));
        }
    }
}
