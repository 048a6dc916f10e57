using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Silo.Tests.Executable;
using Vigil.Silo.Tests.Packages;
using Vigil.Silo.Tests.Postgres;
using Vigil.Testing;

namespace Vigil.Silo.Tests.Samples;

/// <summary>The programs of docs/samples do what they say.</summary>
public sealed class SampleTests(BuiltSamples samples) : IClassFixture<BuiltSamples>
{
    [Fact]
    public async Task HttpWorker_LogsWhatItsWorkflowsReturn_AndFindsTheRunsAgainThatItHasStarted()
    {
        for (var time = 0; time < 2; time++)
        {
            await using var worker = samples.Start("HttpWorker", ("Vigil", samples.Silo.Address));

            Assert.Equal(0, await worker.ExitAsync());
            Assert.Contains(worker.Lines, line => line.Contains("digest: Rain tomorrow", StringComparison.Ordinal));
            Assert.Contains(worker.Lines, line => line.Contains("broken: Failed, The mailbox is full.", StringComparison.Ordinal));
        }

        using var http = new HttpClient();
        var list = await http.GetFromJsonAsync<JsonNode>($"{samples.Silo.Address}/v1/executions?target=digest");
        Assert.Single(list!["items"]!.AsArray());
    }

    [Fact]
    public async Task CoHosted_KeepsWhatItsGrainWasToldOverACrash_AndLetsOnlyItsOwnCallersIn()
    {
        using var http = new HttpClient();
        var environment = samples.Connection.Append(("ASPNETCORE_URLS", "http://127.0.0.1:0")).ToArray();
        await using (var app = samples.Start("CoHosted", environment))
        {
            http.BaseAddress = await app.AddressAsync("Now listening on: ");
            using var unknown = await http.GetAsync("/vigil/v1/executions");
            Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
            using var login = await http.PostAsync("/login?password=open%20sesame", content: null);
            var token = (await login.Content.ReadFromJsonAsync<JsonNode>())!["accessToken"]!;
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string?)token);

            using var started = await http.PostAsync("/reports/monday", content: null);
            Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
            await app.LineAsync("Report monday: Succeeded");
            var execution = await http.GetFromJsonAsync<JsonNode>("/vigil/v1/executions/report-monday");
            Assert.Equal("succeeded", (string?)execution!["status"]);
            await app.KillAsync();
        }

        await using var again = samples.Start("CoHosted", environment);
        var address = await again.AddressAsync("Now listening on: ");
        using var fresh = new HttpClient { BaseAddress = address };
        var report = await fresh.GetFromJsonAsync<JsonNode>("/reports/monday");
        Assert.Equal(("Succeeded", """{"headline":"Rain tomorrow"}"""), ((string?)report!["status"], (string?)report["text"]));
    }

    [PostgresFact]
    public async Task HundredRuns_AreAwaitedToTheirEnd_WhileASiloStops()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        (string, string)[] clustered =
        [
            .. samples.Connection,
            ("Vigil__Store__ConnectionString", database),
            ("Vigil__Clustering__ClusterId", "production"),
            ("Vigil__Clustering__SiloPort", "0"),
            ("Vigil__Clustering__GatewayPort", "0"),
            ("Vigil__Stopping__ReadinessDelay", "00:00:00"),
        ];
        string[] arguments = ["--simulator", samples.Silo.SimulatorAddress!.ToString()];
        var silos = await Task.WhenAll(SiloExecutable.ListeningAsync(arguments, clustered), SiloExecutable.ListeningAsync(arguments, clustered));
        await using var first = silos[0];
        await using var second = silos[1];

        await using var client = samples.Start("HundredRuns", ("Orleans__Clustering__ConnectionString", $"{database};Search Path=vigil_cluster"));
        await client.LineAsync("Started 100 runs.");
        await first.SignalAsync("TERM");

        Assert.Equal(0, await client.ExitAsync());
        Assert.Contains("Succeeded: 100", client.Lines);
        Assert.Equal(0, await first.ExitAsync());
    }

    [Fact]
    public async Task CustomPlatform_WatchesARunOnItsOwnServer()
    {
        await using var program = samples.Start("CustomPlatform");

        Assert.Equal(0, await program.ExitAsync());
        Assert.Contains("Tiny says: Hello", program.Output);
    }

    [Fact]
    public async Task UnitTest_Passes() =>
        Assert.Contains("Passed:     3", await Dotnet.RunAsync(samples.FolderOf("UnitTest"), "test", "UnitTest.dll"), StringComparison.Ordinal);
}
