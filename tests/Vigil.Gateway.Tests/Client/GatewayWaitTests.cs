using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vigil.Client;
using static Vigil.Gateway.Tests.Client.EventFeedTests;

namespace Vigil.Gateway.Tests.Client;

/// <summary>A wait over Orleans while the events cannot be followed.</summary>
public sealed class GatewayWaitTests : IDisposable
{
    private static readonly Execution Running = new() { Id = "e", Connection = "c", Platform = "gloriamundo", Status = ExecutionStatus.Running, Version = 1 };

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly EventFeed _feed;
    private readonly ExecutionGateway _gateway;

    public GatewayWaitTests()
    {
        var queries = Fake.Of<IQueryGrain>((_, _) => Task.FromResult<Execution?>(Running));
        var execution = Fake.Of<IExecutionGrain>((_, _) => Task.FromResult(Running));
        var cluster = Fake.Of<IClusterClient>((method, _) => method.ReturnType == typeof(IQueryGrain) ? queries : execution);

        // It is never started, so nobody's subscription begins.
        _feed = new(cluster, _time, NullLogger<EventFeed>.Instance);
        _gateway = new(cluster, _feed, new GrainCalls(_time), _time, _stopping.Token);
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(3600, 60)]
    public async Task Wait_EndsInTime(int seconds, int after)
    {
        var wait = _gateway.WaitAsync("e", TimeSpan.FromSeconds(seconds));
        _time.Advance(TimeSpan.FromSeconds(after - 1));
        Assert.False(wait.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Running, await wait.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Wait_WhenTheProcessStops_Ends()
    {
        var wait = _gateway.WaitAsync("e", TimeSpan.FromSeconds(30));

        await _stopping.CancelAsync();

        Assert.Equal(Running, await wait.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    /// <summary>Nobody waits for a frozen silo, to which the first of two calls went.</summary>
    [Fact]
    public async Task SilentSilo_TheNextGatewayIsAsked_WithinSeconds()
    {
        var calls = 0;
        var queries = Fake.Of<IQueryGrain>((_, _) => ++calls % 2 == 1 ? new TaskCompletionSource<Execution?>().Task : Task.FromResult<Execution?>(Running with { Status = ExecutionStatus.Succeeded }));
        var cluster = Fake.Of<IClusterClient>((_, _) => queries);
        var reading = new ExecutionGateway(cluster, _feed, new GrainCalls(_time), _time, _stopping.Token).GetAsync("e");

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.True((await reading.WaitAsync(TimeSpan.FromMinutes(1))).Terminal);
        Assert.Equal(2, calls);
    }

    public void Dispose()
    {
        _feed.Dispose();
        _stopping.Dispose();
    }
}
