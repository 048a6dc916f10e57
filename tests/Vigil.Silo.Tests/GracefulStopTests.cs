using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Vigil.Simulator;
using Vigil.Testing;

namespace Vigil.Silo.Tests;

/// <summary>The program itself, told to stop while a platform takes its time to answer a start.</summary>
public sealed class GracefulStopTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly HttpClient Http = new() { Timeout = Limit };

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-stop-");
    private readonly string _address = $"http://127.0.0.1:{Ports.Free()}";
    private SimulatorHost _simulator = null!;
    private Process? _silo;

    public async Task InitializeAsync() => _simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient);

    public async Task DisposeAsync()
    {
        if (_silo is { HasExited: false })
        {
            _silo.Kill();
            await _silo.WaitForExitAsync();
        }

        _silo?.Dispose();
        await _simulator.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task Stop_WhileAStartIsAnswered_WaitsForItAndAnswersWhoWaits()
    {
        _simulator.Platforms.Faults.Add(new() { Id = "slow", Kind = FaultKind.Delay, Operation = "start", AfterActing = true, DelaySeconds = 4 });
        await StartSiloAsync();
        await StartExecutionAsync();
        var waiting = Http.GetFromJsonAsync<JsonNode>($"{_address}/v1/executions/slow?wait=60s");

        await SignalAsync("TERM");

        await UntilAsync(async () => (await Http.GetAsync($"{_address}/readyz")).StatusCode is HttpStatusCode.ServiceUnavailable, "readiness says that it drains");
        Assert.Equal("submitting", (string?)(await waiting)!["status"]);
        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync($"{_address}/healthz")).StatusCode);
        Assert.Equal(0, await ExitAsync());

        await StartSiloAsync();
        JsonNode? execution = null;
        await UntilAsync(
            async () => (string?)(execution = await Http.GetFromJsonAsync<JsonNode>($"{_address}/v1/executions/slow"))!["status"] is "running" or "lost", "its run is watched");
        Assert.Equal("running", (string?)execution!["status"]);
        Assert.Equal(_simulator.Platforms.LedgerRuns().Single().RunId, (string?)execution["remote_id"]);
        Assert.Single(_simulator.Platforms.Ledger.Requests("gloriamundo", "start"));
    }

    [Fact]
    public async Task Stop_AskedForTwice_EndsAtOnce()
    {
        _simulator.Platforms.Faults.Add(new() { Id = "never", Kind = FaultKind.Delay, Operation = "start", AfterActing = true, DelaySeconds = 3600 });
        await StartSiloAsync(("Vigil__Stopping__ReadinessDelay", "00:10:00"), ("Vigil__Stopping__Timeout", "00:30:00"));
        await StartExecutionAsync();

        await SignalAsync("TERM");
        await UntilAsync(async () => (await Http.GetAsync($"{_address}/readyz")).StatusCode is HttpStatusCode.ServiceUnavailable, "readiness says that it drains");
        await SignalAsync("TERM");

        Assert.Equal(143, await ExitAsync());
    }

    private async Task StartExecutionAsync()
    {
        using var started = await Http.PostAsJsonAsync(
            $"{_address}/v1/executions", new { connection = "stop", target = new { kind = "workflow", id = "slow-10m" }, key = "slow" });
        started.EnsureSuccessStatusCode();
        await UntilAsync(() => Task.FromResult(_simulator.Platforms.LedgerRuns().Count == 1), "the platform has the start");
    }

    private async Task StartSiloAsync(params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SiloOptions).Assembly.Location, "--data", _data.FullName, "--port", _address.Split(':')[^1]]);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)
            [
                ("Vigil__Connections__0__Name", "stop"),
                ("Vigil__Connections__0__Platform", "gloriamundo"),
                ("Vigil__Connections__0__BaseAddress", _simulator.AddressOf("gloriamundo").ToString()),
                ("Vigil__Connections__0__Credential", "simulated"),
                ("Vigil__Stopping__ReadinessDelay", "00:00:02"),
                .. settings,
            ])
        {
            start.Environment[name] = value;
        }

        _silo?.Dispose();
        _silo = Process.Start(start)!;
        await UntilAsync(
            async () =>
            {
                try
                {
                    return (await Http.GetAsync($"{_address}/readyz")).IsSuccessStatusCode;
                }
                catch (HttpRequestException) when (!_silo.HasExited)
                {
                    return false;
                }
            },
            "the silo is ready");
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _silo!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private async Task<int> ExitAsync()
    {
        await _silo!.WaitForExitAsync().WaitAsync(Limit);
        return _silo.ExitCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"It never was so that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
