using System.Net;

namespace Vigil.Silo.Tests.Postgres;

/// <summary>A PostgreSQL server that is restarted under the silo that uses it.</summary>
public sealed class RestartedServerTests(PostgresSilos.Servers servers) : PostgresSilos(servers)
{
    private readonly Servers _servers = servers;

    [PostgresFact]
    public async Task Stranger_AfterTheServerWasRestarted_IsStillRefused()
    {
        var silo = await StartSiloAsync();
        var id = await StartExecutionAsync(silo);

        // Longer than the claim lasts, so that nothing but the holder's own return keeps the stranger off.
        await _servers.RestartAsync(() => UntilReadinessAsync(silo, HttpStatusCode.ServiceUnavailable, "database_claim"));
        var refusal = await Assert.ThrowsAnyAsync<Exception>(
            () => StartSiloAsync(("Vigil:Clustering:ClusterId", "stranger"), ("Vigil:Clustering:SiloPort", "0"), ("Vigil:Clustering:GatewayPort", "0")));

        Assert.Contains(Silo.StartError.Explain(refusal), line => line.Contains("is in use", StringComparison.Ordinal));
        await UntilReadinessAsync(silo, HttpStatusCode.OK, "");
        Assert.Equal("succeeded", await WaitAsync(silo, id));
    }

    private async Task UntilReadinessAsync(Silo.RunningSilo silo, HttpStatusCode status, string missing)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (true)
        {
            using var answer = await Http.GetAsync($"{silo.Address}/readyz", limit.Token);
            if (answer.StatusCode == status && (await answer.Content.ReadAsStringAsync(limit.Token)).Contains(missing, StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
        }
    }
}
