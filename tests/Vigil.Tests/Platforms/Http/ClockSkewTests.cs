using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Platforms.Cognite;
using Vigil.Platforms.GloriaMundo;
using Vigil.Platforms.Manifest;
using Vigil.Platforms.Moderately;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Http;

/// <summary>A platform whose clock runs apart: every time that an adapter reads is by our clock, and the ledger tells what is true.</summary>
public sealed class ClockSkewTests : IAsyncLifetime
{
    private static readonly TimeSpan Exactness = TimeSpan.FromSeconds(1);

    private Simulated _simulated = null!;

    public static TheoryData<string, double> Clocks
    {
        get
        {
            var clocks = new TheoryData<string, double>();
            foreach (var platform in new[] { "agentic", "moderately", "manifest", "gloriamundo", "cognite" })
            {
                clocks.Add(platform, 600);
                clocks.Add(platform, -600);
            }

            return clocks;
        }
    }

    public async Task InitializeAsync() => _simulated = await Simulated.StartAsync();

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task Times_AreToOurClock(string platform, double skewSeconds)
    {
        _simulated.World.Faults.Add(new() { Kind = FaultKind.ClockSkew, Platform = platform, SkewSeconds = skewSeconds });
        var (connection, target) = Connect(platform);
        var id = (await connection.SubmitAsync(Request(target), CancellationToken.None)).RemoteId;
        _simulated.Time.Advance(TimeSpan.FromSeconds(20));

        var answer = await connection.GetDetailAsync(new RemoteRun(id, target), CancellationToken.None);

        var seen = Assert.IsType<PollAnswer.Seen>(answer).Snapshot;
        var truth = Assert.Single(_simulated.World.LedgerRuns());
        AssertNear(truth.EndedAt!.Value, seen.EndedAt);
        AssertNear(truth.AcceptedAt, seen.StartedAt);
        foreach (var time in seen.Steps.SelectMany(step => new[] { step.StartedAt, step.EndedAt }.Concat(step.Files.Select(file => file.CreatedAt))).OfType<DateTimeOffset>())
        {
            Assert.InRange(time, truth.AcceptedAt - Exactness, truth.EndedAt.Value + Exactness);
        }

        // What the platform itself said can be had back to the tick.
        Assert.Equal(truth.EndedAt + TimeSpan.FromSeconds(skewSeconds), seen.EndedAt + seen.ClockAhead);
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task UnchangedRun_IsReadTheSameEachTime(string platform, double skewSeconds)
    {
        _simulated.World.Faults.Add(new() { Kind = FaultKind.ClockSkew, Platform = platform, SkewSeconds = skewSeconds });
        var (connection, target) = Connect(platform);
        var id = (await connection.SubmitAsync(Request(target), CancellationToken.None)).RemoteId;
        _simulated.Time.Advance(TimeSpan.FromSeconds(20));
        var told = new HashSet<(DateTimeOffset?, DateTimeOffset?)>();

        for (var i = 0; i < 10; i++)
        {
            _simulated.Time.Advance(TimeSpan.FromMilliseconds(370));
            var seen = (PollAnswer.Seen)await connection.GetDetailAsync(new RemoteRun(id, target), CancellationToken.None);
            told.Add((seen.Snapshot.StartedAt, seen.Snapshot.EndedAt));
        }

        Assert.Single(told);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task FindStart_BySomebodyWhoHasNotAskedBefore_FindsItAllTheSame(double skewSeconds)
    {
        _simulated.World.Faults.Add(new() { Kind = FaultKind.ClockSkew, SkewSeconds = skewSeconds });
        var (starter, target) = Connect("cognite");
        var sentAt = _simulated.Time.GetUtcNow();
        var id = (await starter.SubmitAsync(Request(target), CancellationToken.None)).RemoteId;
        var (finder, _) = Connect("cognite");

        var found = await finder.FindStartAsync(Request(target) with { FirstSentAt = sentAt }, CancellationToken.None);

        Assert.Equal(id, found?.RemoteId);
    }

    [Fact]
    public async Task RefreshedToken_OfAPlatformFarBehind_IsNotRefreshedAgainEachTime()
    {
        _simulated.World.Faults.Add(new() { Kind = FaultKind.ClockSkew, SkewSeconds = -TimeSpan.FromHours(3).TotalSeconds });
        _simulated.World.Faults.Add(new() { Kind = FaultKind.ExpireTokens });
        var (connection, target) = Connect("manifest");

        for (var i = 0; i < 5; i++)
        {
            await connection.SubmitAsync(Request(target), CancellationToken.None);
        }

        Assert.Equal(1, _simulated.World.Ledger.Count("manifest", "refresh"));
    }

    private (IPlatformConnection Connection, ExecutionTarget Target) Connect(string platform) => platform switch
    {
        "agentic" => (_simulated.Connect(new AgenticPlatform(), ("tenant_id", "t")), new("flow", "files-5s")),
        "moderately" => (_simulated.Connect(new ModeratelyPlatform(), ("team_id", "t")), new("agent", "ok-5s")),
        "manifest" => (_simulated.Connect(new ManifestPlatform([])), new("workflow", "ok-5s")),
        "gloriamundo" => (_simulated.Connect(new GloriaMundoPlatform()), new("workflow", "ok-5s")),
        _ => (_simulated.Connect(new CognitePlatform(), ("project", "p")), new("workflow", "ok-5s", "1")),
    };

    private static RunRequest Request(ExecutionTarget target) =>
        new("execution-1", target, null, ImmutableDictionary<string, string>.Empty, TimeSpan.FromHours(1));

    private static void AssertNear(DateTimeOffset expected, DateTimeOffset? actual) =>
        Assert.InRange(actual!.Value, expected - Exactness, expected + Exactness);
}
