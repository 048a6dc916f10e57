using System.Reflection;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Vigil.Client;

namespace Vigil.Gateway.Tests.Client;

/// <summary>What a client asks a silo for its waiting callers.</summary>
public sealed class EventFeedTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly EventFeed _feed;

    public EventFeedTests()
    {
        var queries = Fake.Of<IQueryGrain>((_, arguments) =>
        {
            var call = new Call((EventQuery)arguments[0]!, (TimeSpan)arguments[1]!, new(TaskCreationOptions.RunContinuationsAsynchronously), (CancellationToken)arguments[2]!);
            _calls.Writer.TryWrite(call);
            return call.Answer.Task;
        });
        _feed = new(Fake.Of<IClusterClient>((_, _) => queries), _time, NullLogger<EventFeed>.Instance);
    }

    public Task InitializeAsync() => _feed.StartAsync(CancellationToken.None);

    public Task DisposeAsync() => _feed.StopAsync(CancellationToken.None);

    public void Dispose() => _feed.Dispose();

    [Fact]
    public async Task Subscriptions_OfOneExecution_AreOneCallForItAlone()
    {
        var (first, call) = await BeginAsync("a");
        using var second = await _feed.SubscribeAsync("a", endsOnly: true, CancellationToken.None);

        Assert.Equal((7, true), (call.Query.AfterSeq, call.Query.OmitExecutions));
        Assert.Equal("a", Assert.Single(call.Query.ExecutionIds));
        call.Answer.SetResult(new([Event("a", 8, ExecutionEventTypes.Ended)], 8));
        await Task.WhenAll(first.WaitAsync(CancellationToken.None), second.WaitAsync(CancellationToken.None)).WaitAsync(Limit);
        Assert.Equal(8, (await NextAsync()).Query.AfterSeq);
        first.Dispose();
    }

    [Fact]
    public async Task AnotherExecution_RestartsTheCallAtTheSameEvent()
    {
        var (first, call) = await BeginAsync("a");
        using var second = await _feed.SubscribeAsync("b", endsOnly: false, CancellationToken.None).WaitAsync(Limit);

        var next = await NextAsync();

        Assert.True(call.Cancelled.IsCancellationRequested);
        Assert.Equal(7, next.Query.AfterSeq);
        Assert.Equal(["a", "b"], next.Query.ExecutionIds.Order(StringComparer.Ordinal));
        first.Dispose();
    }

    /// <summary>Otherwise nobody would be told anything while callers come faster than calls are answered.</summary>
    [Fact]
    public async Task CallAfterAnInterruptedOne_IsShort_AndIsNotInterrupted()
    {
        var (first, _) = await BeginAsync("a");
        var ended = first.WaitAsync(CancellationToken.None);
        using var second = await _feed.SubscribeAsync("b", endsOnly: true, CancellationToken.None).WaitAsync(Limit);
        var call = await NextAsync();
        var subscribing = _feed.SubscribeAsync("c", endsOnly: true, CancellationToken.None);

        Assert.Equal((TimeSpan.Zero, false, false), (call.Wait, call.Cancelled.IsCancellationRequested, subscribing.IsCompleted));
        call.Answer.SetResult(new([Event("a", 8, ExecutionEventTypes.Ended)], 8));

        await ended.WaitAsync(Limit);
        using var third = await subscribing.WaitAsync(Limit);
        var next = await NextAsync();
        Assert.Equal((EventFeed.LongPoll, 8), (next.Wait, next.Query.AfterSeq));
        Assert.Equal(["a", "b", "c"], next.Query.ExecutionIds.Order(StringComparer.Ordinal));
        first.Dispose();
    }

    [Fact]
    public async Task MoreExecutionsThanACallMayName_AreACallForAll()
    {
        var (first, call) = await BeginAsync("a");
        for (var n = 0; n < EventQuery.MaxExecutionIds; n++)
        {
            Assert.NotEmpty(call.Query.ExecutionIds);
            await _feed.SubscribeAsync($"{n}", endsOnly: true, CancellationToken.None).WaitAsync(Limit);
            (await NextAsync()).Answer.SetResult(new([], 7));
            call = await NextAsync();
        }

        Assert.Empty(call.Query.ExecutionIds);
        await _feed.SubscribeAsync("one more", endsOnly: true, CancellationToken.None).WaitAsync(Limit);
        Assert.False(call.Cancelled.IsCancellationRequested);
        first.Dispose();
    }

    [Fact]
    public async Task WaitForTheEnd_IsNotWokenByAnythingElse_ButByAGap()
    {
        var (first, call) = await BeginAsync("a");
        var ended = first.WaitAsync(CancellationToken.None);
        call.Answer.SetResult(new([Event("a", 8, ExecutionEventTypes.Updated), Event("b", 9, ExecutionEventTypes.Ended)], 9));
        call = await NextAsync();
        Assert.False(ended.IsCompleted);

        call.Answer.SetResult(new([], 3, IsGap: true));

        await ended.WaitAsync(Limit);
        Assert.Equal(3, (await NextAsync()).Query.AfterSeq);
        first.Dispose();
    }

    /// <summary>A silo of another version fails in any way; a background service that fails would end the app.</summary>
    [Theory]
    [InlineData(typeof(OrleansException))]
    [InlineData(typeof(ArgumentException))]
    public async Task CallThatFailsOrIsSilent_IsMadeAgainAtTheSameEvent(Type failure)
    {
        var (first, call) = await BeginAsync("a");
        call.Answer.SetException((Exception)Activator.CreateInstance(failure, "The silo died, or does not know the call.")!);
        call = await AfterAPauseAsync();
        Assert.Equal(7, call.Query.AfterSeq);

        Assert.Equal(7, (await AfterAPauseAsync()).Query.AfterSeq);
        first.Dispose();
    }

    /// <summary>A frozen silo would be waited for half a minute; each call of a stateless worker goes over the next gateway.</summary>
    [Fact]
    public async Task CallThatIsSilent_IsAskedAgain_AndTheFirstAnswerCounts()
    {
        var (first, silent) = await BeginAsync("a");
        var ended = first.WaitAsync(CancellationToken.None);

        var again = await AfterAPauseAsync();
        again.Answer.SetResult(new([Event("a", 8, ExecutionEventTypes.Ended)], 8));

        await ended.WaitAsync(Limit);
        Assert.Equal((7, 7, false), (silent.Query.AfterSeq, again.Query.AfterSeq, silent.Answer.Task.IsCompleted));
        Assert.Equal(8, (await NextAsync()).Query.AfterSeq);
        first.Dispose();
    }

    [Fact]
    public async Task SiloOfAnotherVersion_FailsWhoeverWaitsToBeFollowed()
    {
        var subscribing = _feed.SubscribeAsync("a", endsOnly: true, CancellationToken.None);

        (await NextAsync()).Answer.SetException(new TypeLoadException("Unable to resolve a type."));

        await Assert.ThrowsAsync<VersionMismatchException>(() => subscribing.WaitAsync(Limit));
    }

    [Fact]
    public async Task LastOneLeaves_TheCallIsEnded()
    {
        var (first, call) = await BeginAsync("a");

        first.Dispose();

        var left = new TaskCompletionSource();
        using var registration = call.Cancelled.Register(left.SetResult);
        await left.Task.WaitAsync(Limit);

        // Whoever comes next is the only one asked for.
        var subscribing = _feed.SubscribeAsync("b", endsOnly: true, CancellationToken.None);
        var next = await NextAsync();
        if (next.Query.AfterSeq is null)
        {
            next.Answer.SetResult(new([], 7));
            next = await NextAsync();
        }

        Assert.Equal("b", Assert.Single(next.Query.ExecutionIds));
        (await subscribing.WaitAsync(Limit)).Dispose();
    }

    private async Task<(EventFeed.Subscription Subscription, Call Call)> BeginAsync(string id)
    {
        var subscribing = _feed.SubscribeAsync(id, endsOnly: true, CancellationToken.None);
        var head = await NextAsync();
        Assert.Null(head.Query.AfterSeq);
        Assert.False(subscribing.IsCompleted);
        head.Answer.SetResult(new([], 7));
        return (await subscribing.WaitAsync(Limit), await NextAsync());
    }

    private async Task<Call> AfterAPauseAsync()
    {
        var next = NextAsync();
        while (!next.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await next;
    }

    private Task<Call> NextAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(Limit);

    private static StoredEvent Event(string id, long seq, string type) => new(seq, id, 1, seq, type, DateTimeOffset.UnixEpoch, default);

    private sealed record Call(EventQuery Query, TimeSpan Wait, TaskCompletionSource<EventPage> Answer, CancellationToken Cancelled);

    /// <summary>An interface whose every member is one function.</summary>
    public class Fake : DispatchProxy
    {
        private Func<MethodInfo, object?[], object?> _invoke = null!;

        public static T Of<T>(Func<MethodInfo, object?[], object?> invoke)
            where T : class
        {
            var fake = Create<T, Fake>();
            ((Fake)(object)fake)._invoke = invoke;
            return fake;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _invoke(targetMethod!, args ?? []);
    }
}
