using Vigil.Platforms;
using Vigil.Platforms.GloriaMundo;
using Vigil.Simulator.GloriaMundo;
using Vigil.Tests.Platforms.Support;
using Vigil.Tests.Polling.Support;

namespace Vigil.Tests.Polling;

/// <summary>GloriaMundo refuses what is more than 60 polls or 10 starts in any minute. The budget that a connection has by default never meets that.</summary>
public sealed class PublishedLimitTests : IDisposable
{
    private readonly PollerWorld _world = new();
    private readonly SlidingLimit _polls = new(60, TimeSpan.FromMinutes(1));
    private readonly SlidingLimit _starts = new(10, TimeSpan.FromMinutes(1));
    private readonly List<Asked> _refused = [];

    public PublishedLimitTests()
    {
        var budget = new GloriaMundoPlatform().To(new StubPlatform(_ => StubPlatform.Json("{}"))).Capabilities.DefaultBudget;
        Assert.Equal(new RequestBudget(55, 9), budget);
        _world.Platform.Capabilities = _world.Platform.Capabilities with { DefaultBudget = budget };
        _world.Grains.Grants = id => _world.Permit(id);
        _world.Platform.Arrives = asked =>
        {
            if (!(asked.Operation == "start" ? _starts : _polls).TryAcquire(_world.Time.GetUtcNow()))
            {
                _refused.Add(asked);
            }
        };
    }

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    public void DefaultBudget_ManyRunsAndStarts_IsNeverRefusedAndNearlyUsedUp(double latency)
    {
        _world.Platform.Latency = TimeSpan.FromSeconds(latency);
        _world.WatchMany(200);
        for (var i = 0; i < 120; i++)
        {
            _world.Poller.QueueSubmission(PollerWorld.Name, $"s{i}", notBefore: null);
        }

        for (var i = 0; i < 60; i++)
        {
            _world.Advance(9.7);
            _world.Poller.Nudge(PollerWorld.Name, $"e{i}");
        }

        Assert.Empty(_refused);
        var minutes = _world.Now.TotalMinutes;
        Assert.InRange(_world.Platform.Polls.Count() / minutes, 50, 60);
        Assert.InRange(_world.Platform.Requests.Count(request => request.Operation == "start") / minutes, 8, 10);
    }
}
