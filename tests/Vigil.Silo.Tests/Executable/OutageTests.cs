using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Simulator;

namespace Vigil.Silo.Tests.Executable;

/// <summary>The program before a platform that for a while says of every run that it does not know it.</summary>
public sealed class OutageTests
{
    private const int Runs = 5;

    /// <summary>Most of the time it waits, so both ways of saying so are tried at once.</summary>
    [Fact]
    public Task RunsThatAllVanishForAWhile_AreShown_AndSucceedAfterwards() =>
        Task.WhenAll(VanishAsync(FaultKind.Unknown, status: null), VanishAsync(FaultKind.Status, status: 404));

    private static async Task VanishAsync(FaultKind kind, int? status)
    {
        await using var simulator = await SimulatorHost.StartAsync();
        await using var silo = await SiloExecutable.ListeningAsync(
            [],
            ("Vigil__Connections__0__Name", "main"),
            ("Vigil__Connections__0__Platform", "gloriamundo"),
            ("Vigil__Connections__0__BaseAddress", simulator.AddressOf("gloriamundo").ToString()),
            ("Vigil__Connections__0__Credential", "simulated"),
            ("Vigil__Connections__0__Cadence", "00:00:00.2"),
            ("Vigil__Connections__0__StartsPerMinute", "60000"),
            ("Vigil__Connections__0__PollsPerMinute", "60000"));
        await Task.WhenAll(Enumerable.Range(0, Runs).Select(i => silo.StartAsync("main", "workflow", "ok-5s", $"e{i}")));
        await Task.WhenAll(Enumerable.Range(0, Runs).Select(i => silo.UntilAsync($"e{i}", execution => execution["remote_id"] is not null)));

        var rule = new FaultRule { Kind = kind, Platform = "gloriamundo", Operation = "status" };
        var outage = simulator.Platforms.Faults.Add(status is { } code ? rule with { Status = code } : rule);
        var shown = await Task.WhenAll(Enumerable.Range(0, Runs).Select(i => silo.UntilAsync($"e{i}", execution => execution["attention"] is not null)));
        Assert.All(shown, execution => Assert.Contains((string?)execution["attention"]!["reason"], new[] { "not_found", "polls_fail" }));
        Assert.All(shown, execution => Assert.NotNull(execution["attention"]!["last_error"]));
        Assert.All(shown, execution => Assert.False((bool)execution["terminal"]!));

        var stats = await GetAsync(silo, "/v1/stats");
        Assert.Equal(Runs, (int)stats["attention"]!["total"]!);
        Assert.Equal(Runs, stats["attention"]!["by_reason"]!.AsObject().Sum(reason => (int)reason.Value!));
        Assert.Equal(Runs, stats["executions"]!.AsObject().Where(count => count.Key is "pending" or "running").Sum(count => (int)count.Value!));
        Assert.Equal(Runs, (await GetAsync(silo, "/v1/executions?attention=true"))["items"]!.AsArray().Count);
        Assert.Empty((await GetAsync(silo, "/v1/executions?attention=false"))["items"]!.AsArray());
        var connection = (await GetAsync(silo, "/v1/connections"))["items"]![0]!;
        Assert.Equal(Runs, (int)connection["attention"]!);
        Assert.NotNull(connection["polls_fail_since"]);

        simulator.Platforms.Faults.Remove(outage.Id);
        var ends = await Task.WhenAll(Enumerable.Range(0, Runs).Select(i => silo.UntilAsync($"e{i}", _ => false)));
        Assert.All(ends, end => Assert.Equal(("succeeded", true), ((string)end["status"]!, end["attention"] is null)));
        Assert.Equal(0, (int)(await GetAsync(silo, "/v1/stats"))["attention"]!["total"]!);
    }

    private static async Task<JsonNode> GetAsync(SiloExecutable silo, string path) => (await silo.Http.GetFromJsonAsync<JsonNode>(path))!;
}
