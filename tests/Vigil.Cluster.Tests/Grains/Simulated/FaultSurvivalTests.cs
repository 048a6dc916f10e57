using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>Everything that can go wrong with an answer, on every platform at once: each execution ends as its run did, and each run was started once.</summary>
[Collection(AloneCollection.Name)]
public sealed class FaultSurvivalTests : IAsyncLifetime
{
    // A run is asked about by itself or with others; the list is asked about no run.
    private static readonly string[] Operations = ["status", "status_many"];

    private static readonly FaultRule[] Faults =
    [
        new() { Id = "rate_limit", Kind = FaultKind.RateLimit, Count = 2 },
        new() { Id = "retry_after", Kind = FaultKind.RateLimit, Count = 2, RetryAfterSeconds = 1 },
        new() { Id = "retry_after_date", Kind = FaultKind.RateLimit, Count = 1, RetryAfterSeconds = 1, RetryAfterAsDate = true },
        new() { Id = "500", Kind = FaultKind.Status, Status = 500, Count = 2 },
        new() { Id = "503", Kind = FaultKind.Status, Status = 503, Count = 2 },
        new() { Id = "slow", Kind = FaultKind.Delay, DelaySeconds = 1, Count = 2 },
        new() { Id = "cut", Kind = FaultKind.Cut, Count = 2 },
        new() { Id = "malformed", Kind = FaultKind.Malformed, Count = 2 },
        new() { Id = "truncated", Kind = FaultKind.Truncated, Count = 2 },
        new() { Id = "truncated_gzip", Kind = FaultKind.TruncatedGzip, Count = 2 },
        new() { Id = "html", Kind = FaultKind.Html, Count = 2 },
        new() { Id = "empty", Kind = FaultKind.Empty, Count = 2 },
        new() { Id = "wrong_type", Kind = FaultKind.WrongContentType },
        new() { Id = "invalid_utf8", Kind = FaultKind.InvalidUtf8, Count = 2 },
        new() { Id = "oversized", Kind = FaultKind.Oversized, Count = 1 },
        new() { Id = "not_found_at_first", Kind = FaultKind.Unknown, Count = 2 },
        new() { Id = "vanishing", Kind = FaultKind.Unknown, FromSeconds = 0.5, Count = 2 },
        new() { Id = "flip_flop", Kind = FaultKind.FlipFlop },
        new() { Id = "gateway_404", Kind = FaultKind.Answer, Status = 404, ContentType = "text/plain", Body = "404 page not found", Count = 2 },
        new() { Id = "conflict", Kind = FaultKind.Answer, Status = 409, Body = """{"message":"another operation in progress"}""", Count = 2 },
        new() { Id = "no_json", Kind = FaultKind.Members, Members = new Dictionary<string, string> { ["loss"] = "NaN", ["log"] = "\"a\nb\"" } },
    ];

    private PlatformWorld _world = null!;

    // A connection for each, so that no fault strikes the requests of another's runs.
    public async Task InitializeAsync() => _world = await PlatformWorld.StartAsync(simulator => Faults.SelectMany(
        fault => SimulatedConnections.Platforms.Select(platform => SimulatedConnections.To(simulator, platform, ConnectionOf(platform, fault)))));

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task EveryFault_OnEveryPlatform_IsSurvived()
    {
        var targets = Faults.ToDictionary(fault => fault.Id, _ => _world.Script(Scripted.Paced(0.4)));
        foreach (var fault in Faults)
        {
            foreach (var operation in Operations)
            {
                _world.Far.Faults.Add(fault with { Id = $"{fault.Id}/{operation}", Operation = operation, Target = targets[fault.Id], PerRun = fault.Count is not null });
            }
        }

        _world.Far.Faults.Add(new() { Kind = FaultKind.RepeatOnPages, Operation = "list" });
        _world.Far.Faults.Add(new() { Kind = FaultKind.Status, Status = 503, Operation = "list", Probability = 0.2, Seed = 1 });

        string[] ids = await Task.WhenAll(Faults.SelectMany(
            fault => SimulatedConnections.Platforms.Select(platform => _world.StartAsync(ConnectionOf(platform, fault), targets[fault.Id]))));

        foreach (var id in ids)
        {
            // The end alone: a full answer that tells of the past is asked for again after a minute.
            await _world.Cluster.Store.EventsUntilEndAsync(id);
            var execution = (await _world.Reader.FindAsync(id))!;
            Assert.True(execution.Status == ExecutionStatus.Succeeded, $"{execution.Connection}: {execution.Status}, {execution.Failure}.");
            Assert.Equal(1, execution.Attempt);
        }

        Assert.Equal(ids.Length, _world.Far.LedgerRuns().Count);
        Assert.All(Faults, fault => Assert.True(_world.Far.Faults.StrikesOf($"{fault.Id}/status") > 0, $"{fault.Id} never struck."));
    }

    private static string ConnectionOf(string platform, FaultRule fault) => $"{platform}-{fault.Id}";
}
