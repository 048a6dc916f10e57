using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Grains.Polling;
using Vigil.Platforms;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>Tokens that run out under running executions: those that can be fetched anew are, the other connections wait visibly; nothing is lost.</summary>
[Collection(AloneCollection.Name)]
public sealed class ExpiredTokenTests : IAsyncLifetime
{
    private PlatformWorld _world = null!;

    public async Task InitializeAsync() => _world = await PlatformWorld.StartAsync(Connections);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("manifest", "refresh")]
    [InlineData("cognite", "token")]
    public async Task Token_ThatCanBeFetched_IsAndTheRunGoesOn(string platform, string fetch)
    {
        var target = _world.Script(Scripted.Endless);
        var id = await _world.StartAsync(platform, target);
        await _world.StartedAsync(id);
        var fetched = _world.Ledger.Count(platform, fetch);

        _world.Far.Faults.Add(new() { Kind = FaultKind.ExpireTokens, Platform = platform });
        await Eventually.Async(() => _world.Ledger.Count(platform, fetch, 200) > fetched, "another token is fetched");
        _world.LetEnd(target);
        var execution = await _world.EndAsync(id);

        Assert.Equal((ExecutionStatus.Succeeded, 1), (execution.Status, execution.Attempt));
        Assert.Equal(fetched + 1, _world.Ledger.Count(platform, fetch, 200));
        Assert.True(_world.Ledger.Count(platform, status: 401) > 0);
        Assert.Null(SuspensionOf(platform));

        // A start goes the same way.
        _world.Far.Faults.Add(new() { Kind = FaultKind.ExpireTokens, Platform = platform });
        Assert.Equal(ExecutionStatus.Succeeded, (await _world.RunAsync(platform, Scripted.Paced(0.05))).Status);
        Assert.Equal(2, _world.Far.LedgerRuns().Count);
    }

    [Fact]
    public async Task Key_ThatIsRefused_SuspendsItsConnectionUntilItIsTakenAgain()
    {
        string[] platforms = ["agentic", "moderately", "gloriamundo"];
        var target = _world.Script(Scripted.Endless);
        string[] ids = await Task.WhenAll(platforms.Select(platform => _world.StartAsync(platform, target)));
        await Task.WhenAll(ids.Select(_world.StartedAsync));

        var rule = _world.Far.Faults.Add(new() { Kind = FaultKind.ExpireTokens });
        await Eventually.Async(() => platforms.All(platform => SuspensionOf(platform) is not null), "all connections are suspended");

        // What is accepted meanwhile waits too, and is refused by nobody.
        string[] later = await Task.WhenAll(platforms.Select(platform => _world.StartAsync(platform, target)));
        _world.Far.Faults.Remove(rule.Id);
        await Task.WhenAll(later.Select(_world.StartedAsync));
        _world.LetEnd(target);

        foreach (var id in ids.Concat(later))
        {
            Assert.Equal(ExecutionStatus.Succeeded, (await _world.EndAsync(id)).Status);
        }

        Assert.Equal(ids.Length + later.Length, _world.RunsOf(target).Count);
        Assert.All(platforms, platform => Assert.Null(SuspensionOf(platform)));
        Assert.All(platforms, platform => Assert.InRange(_world.Ledger.Count(platform, status: 401), 2, 20));
    }

    private static IEnumerable<ConnectionOptions> Connections(SimulatorHost simulator) =>
    [
        .. SimulatedConnections.Platforms.Where(platform => platform != "cognite").Select(platform => SimulatedConnections.To(simulator, platform)),
        SimulatedConnections.To(
            simulator, "cognite", settings: [("token_url", $"{simulator.AddressOf("cognite")}oauth2/token"), ("client_id", "vigil")]),
    ];

    private string? SuspensionOf(string connection) => _world.Cluster.Service<SiloPoller>().ReportOf(connection).Suspended;
}
