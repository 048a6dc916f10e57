using Microsoft.Extensions.Time.Testing;
using Vigil.Platforms;
using Vigil.Simulator;

namespace Vigil.Tests.Platforms.Support;

/// <summary>A simulator on loopback with a clock that stands still, and connections to it over real HTTP.</summary>
internal sealed class Simulated : IAsyncDisposable
{
    private readonly SimulatorHost _host;
    private readonly List<PlatformConnection> _connections = [];

    private Simulated(SimulatorHost host, FakeTimeProvider time)
    {
        _host = host;
        Time = time;
        Http = new HttpClient { BaseAddress = host.Address };
        Http.DefaultRequestHeaders.Authorization = new("Bearer", "any");
    }

    /// <summary>Gets a plain client of the simulator, with a credential that every platform accepts.</summary>
    public HttpClient Http { get; }

    public FakeTimeProvider Time { get; }

    public SimulatedPlatforms World => _host.Platforms;

    public Uri AddressOf(string platform) => _host.AddressOf(platform);

    public static async Task<Simulated> StartAsync(SimulatorOptions? options = null)
    {
        var time = new FakeTimeProvider(new(2026, 3, 10, 15, 30, 0, TimeSpan.Zero));
        return new Simulated(await SimulatorHost.StartAsync((options ?? SimulatorOptions.Lenient) with { Time = time }), time);
    }

    /// <summary>Connects as the product does. Both sides see the same time of day; the connection's own time-outs go by the real clock.</summary>
    public IPlatformConnection Connect(IPlatform platform, params (string Key, string Value)[] settings)
    {
        var options = Connected.Options(platform.Name, settings) with
        {
            BaseAddress = AddressOf(platform.Name),

            // On a busy machine, fifty megabytes take longer than the default.
            RequestTimeout = TimeSpan.FromMinutes(5),
        };
        var connection = new PlatformConnection(options, platform, new SameTimeOfDay(Time));
        _connections.Add(connection);
        return connection.Connection;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }

        Http.Dispose();
        await _host.DisposeAsync();
    }

    private sealed class SameTimeOfDay(FakeTimeProvider time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
    }
}
