using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Vigil.Platforms;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Tiny;

/// <summary>A platform as docs/adding-a-platform.md tells to write one, and the page itself: its code is the code that runs here.</summary>
public sealed partial class TinyPlatformTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private WebApplication _far = null!;
    private ServiceProvider _services = null!;
    private IPlatformConnection _connection = null!;

    public async Task InitializeAsync()
    {
        var world = new SimulatedPlatforms(new SimulatorOptions { Time = _time });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        _far = builder.Build();
        _far.UseRouting();
        new SimulatedServer(world).Map(_far, [new SimulatedTiny(world)]);
        await _far.StartAsync();
        var address = _far.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Vigil:Connections:0:Name"] = "my-tiny",
            ["Vigil:Connections:0:Platform"] = "tiny",
            ["Vigil:Connections:0:BaseAddress"] = address,
            ["Vigil:Connections:0:Credential"] = "secret",
        }).Build();
        _services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(_time).AddVigilPlatforms().AddSingleton<IPlatform, TinyPlatform>()
            .BuildServiceProvider();
        _connection = _services.GetRequiredService<PlatformConnections>().Get("my-tiny").Connection;
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Run_IsStartedWatchedAndEnds()
    {
        var run = (await _connection.SubmitAsync(Connected.Request("job", "ok-5s"), CancellationToken.None)).RemoteId;
        Assert.Equal(ExecutionStatus.Running, (await _connection.SeenAsync(run)).Status);

        _time.Advance(TimeSpan.FromSeconds(5));

        var seen = await _connection.SeenAsync(run);
        Assert.Equal((ExecutionStatus.Succeeded, "done"), (seen.Status, seen.RawStatus));
        Assert.Equal(_time.GetUtcNow(), seen.EndedAt);
    }

    [Fact]
    public async Task Run_FailedCancelledOrUnknown_IsToldApart()
    {
        var failing = (await _connection.SubmitAsync(Connected.Request("job", "fail-5s"), CancellationToken.None)).RemoteId;
        var stopped = (await _connection.SubmitAsync(Connected.Request("job", "slow-10m"), CancellationToken.None)).RemoteId;
        _time.Advance(TimeSpan.FromSeconds(5));
        await _connection.CancelAsync(new RemoteRun(stopped), null, CancellationToken.None);

        Assert.Equal("The mail connection has expired.", (await _connection.SeenAsync(failing)).Failure?.Reason);
        Assert.Equal(ExecutionStatus.Cancelled, (await _connection.SeenAsync(stopped)).Status);
        Assert.IsType<PollAnswer.NotFound>(await _connection.GetDetailAsync(new RemoteRun("nosuch"), CancellationToken.None));
        await _connection.ProbeAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData("TinyPlatform.cs")]
    [InlineData("TinyConnection.cs")]
    [InlineData("TinyRun.cs")]
    [InlineData("SimulatedTiny.cs")]
    public void Page_ShowsTheCodeThatRunsHere(string file)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Platforms", "Tiny");
        var shown = Fence().Matches(Text(Path.Combine(folder, "adding-a-platform.md"))).ToDictionary(match => match.Groups["file"].Value, match => match.Groups["code"].Value);

        // The page speaks of folders in src; only the namespace differs, and what must be imported for that.
        var code = Text(Path.Combine(folder, file)).Replace("using Vigil.Platforms;\n", "", StringComparison.Ordinal)
            .Replace("using Vigil.Simulator;\n", "", StringComparison.Ordinal)
            .Replace("namespace Vigil.Tests.Platforms.Tiny;", file.StartsWith("Simulated", StringComparison.Ordinal) ? "namespace Vigil.Simulator.Tiny;" : "namespace Vigil.Platforms.Tiny;", StringComparison.Ordinal)
            .TrimStart('\n');
        Assert.Equal(code, shown[file]);
    }

    private static string Text(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");

    [GeneratedRegex(@"`[^`\n]*/(?<file>\w+\.cs)`[^\n]*\n\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
