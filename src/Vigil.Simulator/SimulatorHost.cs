using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Vigil.Simulator.Manifest;

namespace Vigil.Simulator;

/// <summary>Serves the simulated platforms over HTTP, in this process.</summary>
public sealed class SimulatorHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly RunPushes? _pushes;
    private readonly RunJournal? _journal;

    private SimulatorHost(WebApplication application, SimulatedPlatforms platforms, RunPushes? pushes, RunJournal? journal, Uri address)
    {
        _application = application;
        _pushes = pushes;
        _journal = journal;
        Platforms = platforms;
        Address = address;
    }

    /// <summary>Gets the simulated world.</summary>
    public SimulatedPlatforms Platforms { get; }

    /// <summary>Gets a value indicating whether the platforms enforce their published rate limits.</summary>
    public bool EnforcesLimits => Platforms.Options.EnforceLimits;

    /// <summary>Gets the address it listens on.</summary>
    public Uri Address { get; }

    /// <summary>
    /// Gets the settings of one connection to each platform that Vigil knows, named after the platform, for <c>builder.Configuration.AddInMemoryCollection</c>.
    /// </summary>
    public IEnumerable<KeyValuePair<string, string?>> ConnectionSettings => SimulatedConnections.For(Address, EnforcesLimits);

    /// <summary>Returns the base address of one platform.</summary>
    public Uri AddressOf(string platform) => new(Address, $"{platform}/");

    /// <summary>Starts the simulator and returns when it is listening.</summary>
    public static async Task<SimulatorHost> StartAsync(SimulatorOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SimulatorOptions();
        var unserved = new SimulatedPlatforms(options);
        var platforms = SimulatedServer.Platforms(unserved).Concat(options.Platforms.Select(create => create(unserved))).Select(platform => platform.Name).ToArray();
        var scripts = options.ScriptFile is { } path ? ScriptFile.Read(path, platforms) : new ScriptFile();
        var journal = options.RunsFile is { } runs ? new RunJournal(runs) : null;
        var world = new SimulatedPlatforms(scripts.ApplyTo(options), journal);
        scripts.ApplyTo(world);

        // An empty builder ignores the host process's configuration, such as its URLs.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddRoutingCore();

        var application = builder.Build();
        application.UseRouting();
        var pushes = options.NatsAddress is { } nats ? new RunPushes(new NatsPublisher(nats), options.Time) : null;
        var server = new SimulatedServer(world);
        server.Map(application, SimulatedServer.Platforms(world, pushes), atRoot: true);
        server.Map(application, options.Platforms.Select(create => create(world)), atRoot: false);
        AdminEndpoints.Map(application, world);
        await application.StartAsync(cancellationToken);
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new SimulatorHost(application, world, pushes, journal, new Uri(address));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(new CancellationToken(canceled: true));
        await _application.DisposeAsync();
        if (_pushes is not null)
        {
            await _pushes.DisposeAsync();
        }

        _journal?.Dispose();
    }
}
