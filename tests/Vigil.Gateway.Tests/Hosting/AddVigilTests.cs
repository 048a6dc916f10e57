using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Tiny;
using Vigil.Hosting;
using Vigil.Platforms;
using Vigil.Simulator;
using ClusterOptions = Orleans.Configuration.ClusterOptions;
using Vigil.Testing;

namespace Vigil.Gateway.Tests.Hosting;

/// <summary>Vigil in an app that has a silo of its own.</summary>
public sealed class AddVigilTests : IAsyncLifetime
{
    private static readonly TimeSpan AppsOwnTimeout = TimeSpan.FromSeconds(77);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _data.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task App_WithASiloAndAPlatformOfItsOwn_WatchesARun_AndKeepsWhatIsItsOwn()
    {
        await using var simulator = await SimulatorHost.StartAsync(SimulatorOptions.Lenient with { Platforms = [world => new SimulatedTiny(world)] });
        simulator.Platforms.Scripts.Set("tiny", "quick", new RunScript { Steps = [new StepScript { Name = "only", Duration = RunDuration.Zero }] });
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => (host.ShutdownTimeout, host.ServicesStartConcurrently) = (AppsOwnTimeout, true));
        builder.UseOrleans(silo =>
        {
            silo.AddVigil(vigil => vigil
                .AddPlatform<TinyPlatform>()
                .AddConnection(new() { Name = "mine", Platform = "tiny", BaseAddress = simulator.AddressOf("tiny"), Credential = "secret", Cadence = TimeSpan.FromSeconds(0.2) })
                .ConfigureStore(store => store.DataFolder = _data.FullName));
            silo.UseVigilClustering(builder.Configuration);
            silo.UseInMemoryReminderService();
        });
        builder.Services.AddVigilClient();
        using var host = builder.Build();
        await host.StartAsync();

        var handle = await host.Services.GetRequiredService<IVigilClient>().StartAsync(new() { Connection = "mine", Target = new("job", "quick") });

        Assert.Equal(ExecutionStatus.Succeeded, (await handle.WaitAsync(CancellationToken.None)).Status);
        Assert.IsType<LoggerFactory>(host.Services.GetRequiredService<ILoggerFactory>());
        Assert.Equal(AppsOwnTimeout, host.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
        Assert.IsType<SteadyTime>(host.Services.GetRequiredService<TimeProvider>());
        Assert.NotEqual("Vigil.Storage", host.Services.GetRequiredService<IReminderTable>().GetType().Assembly.GetName().Name);
        await host.StopAsync();
    }

    [Fact]
    public void Clock_OfTheAppsOwn_Stays()
    {
        var time = new FakeTimeProvider();
        var silo = new BareSilo([]);
        silo.Services.AddSingleton<TimeProvider>(time);

        silo.AddVigil();

        using var provider = silo.Services.BuildServiceProvider();
        Assert.Same(time, provider.GetRequiredService<TimeProvider>());
    }

    [Fact]
    public void AddVigil_Twice_AddsNothingTwice()
    {
        var silo = new BareSilo([]);
        silo.AddVigil();
        var once = silo.Services.Where(IsAService).ToArray();

        silo.AddVigil(vigil => vigil.AddPlatform<TinyPlatform>());

        Assert.Equal([.. once.Select(service => service.ServiceType), typeof(IPlatform)], silo.Services.Where(IsAService).Select(service => service.ServiceType));
    }

    [Fact]
    public void Clustering_ThatIsConfiguredButNotUsed_IsAnError()
    {
        var silo = new BareSilo(new() { ["Vigil:Clustering:ClusterId"] = "mine" });
        silo.UseLocalhostClustering().AddVigil();

        Assert.Contains("Vigil:Clustering is set, but the silo has clustering of its own.", ErrorsOf(silo), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartOfAnApp_TellsAllErrorsAtOnce()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Vigil:Nonsense:Timeout"] = "1",
            ["Vigil:Polling:MaxCadence"] = "7 days",
            ["Vigil:Connections:0:Name"] = "half",
        });
        builder.AddVigilSilo();
        builder.Services.AddVigilGateway();
        await using var app = builder.Build();
        app.MapVigil();

        var error = (await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync())).Message;

        Assert.All(
            ["Vigil:Nonsense is not a setting.", "Vigil:Polling:MaxCadence '7 days' must be", "Vigil:Connections:0 (half): Platform '' is unknown"],
            text => Assert.Contains(text, error, StringComparison.Ordinal));
    }

    [Fact]
    public void Platform_WithTheNameOfAnother_IsAnError()
    {
        var silo = new BareSilo([]);
        silo.AddVigil(vigil => vigil.AddPlatform<SecondManifest>());

        Assert.Contains("Platforms must have different names; 'manifest' is the name of Vigil.Platforms.Manifest.ManifestPlatform and", ErrorsOf(silo), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, "billing/production")]
    public void Database_IsClaimedForTheAppsCluster(bool isAlone, string? name)
    {
        var silo = new BareSilo([]);
        silo.AddVigil();
        if (isAlone)
        {
            silo.UseLocalhostClustering();
        }
        else
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("billing", "production"));
        }

        using var provider = silo.Services.BuildServiceProvider();
        Assert.Equal(name, SiloClustering.NameOfCluster(provider));
    }

    private static bool IsAService(ServiceDescriptor service) =>
        !service.ServiceType.IsGenericType && service.ServiceType.Namespace?.StartsWith("Vigil", StringComparison.Ordinal) == true || service.ServiceType == typeof(IHostedService);

    private static string ErrorsOf(BareSilo silo)
    {
        using var provider = silo.Services.BuildServiceProvider();
        return Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IStartupValidator>().Validate()).ToString();
    }

    private sealed class SecondManifest : IPlatform
    {
        public string Name => "manifest";

        public IReadOnlyList<string> TargetKinds => [];

        public void Validate(ConnectionOptions connection, ICollection<string> errors)
        {
        }

        public IPlatformConnection Connect(ConnectionOptions connection, HttpClient http, TimeProvider time) => throw new NotSupportedException();
    }
}
