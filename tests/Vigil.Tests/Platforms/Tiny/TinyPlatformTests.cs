using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tiny;
using Vigil.Platforms;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Tiny;

/// <summary>A platform as docs/adding-a-platform.md tells to write one, and the page itself: its code is the code that runs here.</summary>
public sealed partial class TinyPlatformTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private SimulatorHost _simulator = null!;
    private ServiceProvider _services = null!;
    private IPlatformConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Time = _time, Platforms = [world => new SimulatedTiny(world)] });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Vigil:Connections:0:Name"] = "my-tiny",
            ["Vigil:Connections:0:Platform"] = "tiny",
            ["Vigil:Connections:0:BaseAddress"] = _simulator.AddressOf("tiny").ToString(),
            ["Vigil:Connections:0:Credential"] = "secret",
        }).Build();
        _services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(_time).AddVigilPlatforms().AddVigilPlatform<TinyPlatform>()
            .BuildServiceProvider();
        _connection = _services.GetRequiredService<PlatformConnections>().Get("my-tiny").Connection;
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _simulator.DisposeAsync();
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
        var folder = Path.Combine(AppContext.BaseDirectory, "Tiny");
        var shown = Fence().Matches(Text(Path.Combine(folder, "adding-a-platform.md"))).ToDictionary(match => match.Groups["file"].Value, match => match.Groups["code"].Value);

        Assert.Equal(Text(Path.Combine(folder, file)), shown[file]);
    }

    private static string Text(string path) => File.ReadAllText(path).ReplaceLineEndings("\n");

    [GeneratedRegex(@"`(?<file>\w+\.cs)`[^\n]*\n\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
