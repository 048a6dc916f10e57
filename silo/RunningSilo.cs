using System.Net;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Vigil.Simulator;

namespace Vigil.Silo;

/// <summary>A silo with the HTTP API and, optionally, simulated platforms.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SimulatorHost? _simulator;

    private RunningSilo(WebApplication app, SimulatorHost? simulator, Uri? simulatorAddress)
    {
        _app = app;
        _simulator = simulator;
        SimulatorAddress = simulatorAddress;
    }

    public string Address => Listening.Reachable(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    /// <summary>Gets the endpoint to which Orleans clients connect.</summary>
    public IPEndPoint ClusterGateway => Services.GetRequiredService<ILocalSiloDetails>().GatewayAddress.Endpoint;

    /// <summary>Gets the address of the simulated platforms; null without them.</summary>
    public Uri? SimulatorAddress { get; }

    /// <summary>Gets the text that is printed after the start with simulated platforms; empty without them, and if the output is JSON.</summary>
    public string Hints => SimulatorAddress is null || _app.Configuration["Logging:Console:FormatterName"] is "json"
        ? ""
        : $$"""
            Simulated platforms on {{SimulatorAddress}}. Try:

              curl -X POST {{Address}}/v1/executions -H 'Content-Type: application/json' \
                -d '{"connection":"gloriamundo","target":{"kind":"workflow","id":"ok-5s"},"key":"first"}'
              curl '{{Address}}/v1/executions/first?wait=30s'
              curl {{Address}}/v1/executions
              curl {{Address}}/v1/connections
              curl -X POST {{Address}}/v1/executions/first/abandon

            Other targets: fail-5s, slow-10m, and files-5s on agentic. Ctrl+C stops Vigil; it resumes watching at the next start.

            """;

    /// <param name="options">The options from the command line.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="configure">Adds services before all others.</param>
    /// <param name="extend">Extends the web application before it starts.</param>
    public static async Task<RunningSilo> StartAsync(
        SiloOptions options, CancellationToken cancellationToken, Action<IServiceCollection>? configure = null, Action<WebApplication>? extend = null)
    {
        var simulator = options.Simulate
            ? await SimulatorHost.StartAsync(new() { ScriptFile = options.Scripts, RunsFile = SiloOptions.RunsFileIn(options.DataDirectory) }, cancellationToken)
            : null;
        try
        {
            var app = Build(options, simulator?.Address ?? options.Simulator, simulator?.EnforcesLimits ?? true, configure);
            extend?.Invoke(app);

            // Validates before anything uses the options, so that all errors are reported at once.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            Listening.RequireFree(app.Configuration);
            var introduction = ActivatorUtilities.CreateInstance<Introduction>(app.Services);
            introduction.LogWhatStarts();
            await app.StartAsync(cancellationToken);
            introduction.LogListening(app.Urls);
            return new(app, simulator, simulator?.Address ?? options.Simulator);
        }
        catch
        {
            if (simulator is not null)
            {
                await simulator.DisposeAsync();
            }

            throw;
        }
    }

    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Grains still use the services, so the silo stops before they are disposed.
        if (!_app.Lifetime.ApplicationStopped.IsCancellationRequested)
        {
            await _app.StopAsync();
        }

        await _app.DisposeAsync();
        if (_simulator is not null)
        {
            await _simulator.DisposeAsync();
        }
    }

    private static WebApplication Build(SiloOptions options, Uri? simulator, bool hasLimits, Action<IServiceCollection>? configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Vigil:Store:DataFolder"] = Path.GetFullPath(options.DataDirectory) });
        if (simulator is not null)
        {
            builder.Configuration.AddInMemoryCollection(SimulatedConnections.For(simulator, hasLimits));
        }

        builder.Configuration.AddInMemoryCollection(options.Settings);
        if (options.Quiet)
        {
            builder.Logging.AddFilter("Vigil", LogLevel.Warning);
        }

        // The blank at its end separates it from the rest of a line of text.
        builder.Services.PostConfigure<JsonConsoleFormatterOptions>(json => json.TimestampFormat = json.TimestampFormat?.TrimEnd());
        configure?.Invoke(builder.Services);
        builder.ConfigureListening(options);
        builder.AddVigilSilo(silo => silo.AddOperatorDashboard(builder.Configuration));
        builder.Services.AddVigilGateway();

        var app = builder.Build();

        // The dashboard and unknown addresses are protected like the API.
        app.UseVigilProblems();
        app.MapVigil();
        app.MapVigilHealth();
        app.MapOperatorDashboard();
        return app;
    }
}
