using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Vigil.Simulator;

namespace Vigil.Silo.Tests.Executable;

/// <summary>The program before a platform that accepts connections and never answers.</summary>
public sealed class BlackHoleTests : IAsyncLifetime
{
    private const int Starts = 64;
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-hole-");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task QueuedStarts_WaitForThePlatform_InsteadOfBeingLost()
    {
        await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient);
        await using var hole = new Hole(simulator.AddressOf("gloriamundo"));
        await using var silo = await SiloExecutable.ListeningAsync(
            ["--data", _data.FullName],
            ("Vigil__Connections__0__Name", "hole"),
            ("Vigil__Connections__0__Platform", "gloriamundo"),
            ("Vigil__Connections__0__BaseAddress", hole.Address.ToString()),
            ("Vigil__Connections__0__Credential", "simulated"),
            ("Vigil__Connections__0__RequestTimeout", "00:00:02"),
            ("Vigil__Connections__0__StartsPerMinute", "60000"),
            ("Vigil__Connections__0__PollsPerMinute", "60000"));
        await Task.WhenAll(Enumerable.Range(0, Starts).Select(i => silo.StartAsync("hole", "workflow", "ok-5s", $"e{i}")));

        var waiting = await silo.LineAsync("in a row had no clear answer");
        Assert.Contains("hole: 3 starts", waiting, StringComparison.Ordinal);
        var connection = (await silo.Http.GetFromJsonAsync<JsonNode>("/v1/connections"))!["items"]![0]!;
        Assert.Equal(("active", "waiting"), ((string)connection["state"]!, (string)connection["starts"]!));
        Assert.NotNull(connection["starts_reason"]);
        Assert.NotNull(connection["starts_wait_until"]);

        hole.Open();
        await silo.LineAsync("the platform answers starts again");
        var ends = await Task.WhenAll(Enumerable.Range(0, Starts).Select(async i => (string)(await silo.UntilAsync($"e{i}", _ => false))["status"]!));

        Assert.InRange(ends.Count(end => end == "lost"), 3, 5);
        Assert.Equal(Starts, ends.Count(end => end is "lost" or "succeeded"));
    }

    /// <summary>Accepts connections and keeps them without a word until it is opened; then it passes them on.</summary>
    private sealed class Hole : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly ConcurrentBag<TcpClient> _clients = [];
        private readonly Uri _target;
        private readonly Task _accepting;
        private volatile bool _isOpen;

        public Hole(Uri target)
        {
            _target = target;
            _listener.Start();
            Address = new UriBuilder(target) { Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
            _accepting = AcceptAsync();
        }

        public Uri Address { get; }

        public void Open()
        {
            _isOpen = true;
            foreach (var client in _clients)
            {
                client.Dispose();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Open();
        }

        private async Task AcceptAsync()
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                if (_isOpen)
                {
                    _ = PassOnAsync(client);
                }
            }
        }

        private async Task PassOnAsync(TcpClient client)
        {
            using var target = new TcpClient();
            await target.ConnectAsync(_target.Host, _target.Port);
            await Task.WhenAny(client.GetStream().CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(client.GetStream()));
            client.Dispose();
        }
    }
}
