using System.Net;
using System.Net.Http.Json;
using Vigil.Silo.Tests.Postgres;
using Vigil.Simulator;
using Vigil.Testing;
using Xunit.Abstractions;

namespace Vigil.Silo.Tests.Executable;

/// <summary>The program over a PostgreSQL server that goes away under load and comes back.</summary>
public sealed class StoreOutageTests(ITestOutputHelper output)
{
    private const int Callers = 16;
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);

    [PostgresFact]
    public async Task OutageOfSeconds_UnderLoad_CostsFewLines_IsSeenByTheReadiness_AndAllGoesOn()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient);
        await using var silo = await SiloExecutable.ListeningAsync(
            [],
            ("Vigil__Store__ConnectionString", await postgres.CreateDatabaseAsync()),
            ("Vigil__Connections__0__Name", "gloriamundo"),
            ("Vigil__Connections__0__Platform", "gloriamundo"),
            ("Vigil__Connections__0__BaseAddress", simulator.AddressOf("gloriamundo").ToString()),
            ("Vigil__Connections__0__Credential", "simulated"),
            ("Vigil__Connections__0__StartsPerMinute", "60000"),
            ("Vigil__Connections__0__PollsPerMinute", "60000"),
            ("Logging__LogLevel__Vigil", "Warning"),
            ("Logging__LogLevel__Vigil.Silo", "Information"));
        var loaded = new TaskCompletionSource();
        using var ended = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(caller => CallAsync(silo, caller, loaded, ended.Token)).ToList();
        await loaded.Task.WaitAsync(TimeSpan.FromMinutes(5));

        var before = silo.Output.Count + silo.Errors.Count;
        await postgres.CrashAsync();
        await silo.LineAsync("Store lost");
        Assert.Contains("store", await (await silo.Http.GetAsync("/readyz")).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // How long it lasts is what is tried here.
        await Task.Delay(Outage, TimeProvider.System);
        await postgres.StartAgainAsync();
        await silo.LineAsync("Store back");
        await UntilReadyAsync(silo);
        await ended.CancelAsync();
        var accepted = (await Task.WhenAll(callers)).Sum();
        await silo.StartAsync("gloriamundo", "workflow", "ok-5s", "last");
        Assert.Equal("succeeded", (string)(await silo.UntilAsync("last", _ => false))["status"]!);
        Assert.Equal("succeeded", (string)(await silo.UntilAsync("c0-0", _ => false))["status"]!);

        string[] lines = [.. silo.Output.Concat(silo.Errors).Skip(before)];
        output.WriteLine($"{accepted} starts accepted, {lines.Length} lines:\n{string.Join('\n', lines)}");
        Assert.InRange(lines.Length, 2, 100);
    }

    private static async Task<int> CallAsync(SiloExecutable silo, int caller, TaskCompletionSource loaded, CancellationToken cancellationToken)
    {
        var accepted = 0;
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            using var answer = await silo.Http.PostAsJsonAsync(
                "/v1/executions", new { connection = "gloriamundo", target = new { kind = "workflow", id = "ok-5s" }, key = $"c{caller}-{i}" }, CancellationToken.None);

            // OK where a call that failed had been carried out, and its repetition found that.
            Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{answer.StatusCode}");
            if (i == 20)
            {
                loaded.TrySetResult();
            }

            accepted += answer.IsSuccessStatusCode ? 1 : 0;
        }

        return accepted;
    }

    private static async Task UntilReadyAsync(SiloExecutable silo)
    {
        while (!(await silo.Http.GetAsync("/readyz")).IsSuccessStatusCode)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
