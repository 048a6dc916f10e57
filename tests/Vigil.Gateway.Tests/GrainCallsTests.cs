using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Orleans.Messaging;
using Orleans.Serialization;
using Vigil.Client;

namespace Vigil.Gateway.Tests;

/// <summary>Each test runs off xunit's context, so that everything a timer sets off has happened when <c>Advance</c> returns.</summary>
public sealed class GrainCallsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GrainCalls _calls;
    private int _made;

    public GrainCallsTests() => _calls = new(_time);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task CallAsync_RejectedOrTimedOut_IsRepeatedUntilItIsAnswered(bool timedOut) => Task.Run(async () =>
    {
        var answer = Call(() => _made > 2 ? Task.FromResult("here")
            : Task.FromException<string>(timedOut ? new TimeoutException() : new OrleansException("moved")));
        Assert.Equal(1, _made);

        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((true, 3), (answer.IsCompleted, _made));
        Assert.Equal("here", await answer);
    });

    [Fact]
    public Task CallAsync_SiloThatIsSilent_IsAskedAgainAfterFiveSeconds() => Task.Run(async () =>
    {
        var silent = new TaskCompletionSource<string>();
        var answer = Call(() => _made > 1 ? Task.FromResult("here") : silent.Task);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, _made);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((true, 2), (answer.IsCompleted, _made));
        Assert.Equal("here", await answer);
    });

    [Fact]
    public Task AskPlatformAsync_PlatformThatNeedsLonger_IsAskedOnce() => Task.Run(async () =>
    {
        var slow = new TaskCompletionSource<string>();
        var answer = _calls.AskPlatformAsync(
            () =>
            {
                _made++;
                return slow.Task;
            },
            CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(14));
        slow.SetResult("here");

        Assert.Equal("here", await answer);
        Assert.Equal(1, _made);
    });

    [Fact]
    public Task CallAsync_NoSiloAnswers_IsUnavailableAfterFifteenSecondsAndKeepsWhyForTheLog() => Task.Run(async () =>
    {
        var answer = Call(() => Task.FromException<string>(new OrleansException("no silo is there")));
        for (var second = 1; second < 15; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(answer.IsCompleted);
        }

        _time.Advance(TimeSpan.FromSeconds(1));

        var error = await Assert.ThrowsAsync<VigilUnavailableException>(() => answer.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.EndsWith("within 15 seconds.", error.Message, StringComparison.Ordinal);
        Assert.Equal("no silo is there", error.InnerException?.Message);
        Assert.InRange(_made, 10, 40);
    });

    [Fact]
    public Task CallAsync_ErrorOfTheGrain_IsNotRepeated() => Task.Run(async () =>
    {
        await Assert.ThrowsAsync<ExecutionNotFoundException>(() => Call(() => Task.FromException<string>(new ExecutionNotFoundException("x"))));

        Assert.Equal(1, _made);
    });

    [Fact]
    public Task CallAsync_NoSiloAnswers_NamesThoseThatWereTried() => Task.Run(async () =>
    {
        var services = new ServiceCollection().AddSingleton<IGatewayListProvider>(new Gateways()).BuildServiceProvider();
        var calls = new GrainCalls(_time, new(services, Options.Create(new VigilClientOptions()), _time));
        var answer = calls.CallAsync(() => Task.FromException<string>(new OrleansException("no silo is there")), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(15));

        var error = await Assert.ThrowsAsync<VigilUnavailableException>(() => answer.WaitAsync(TimeSpan.FromMinutes(1)));

        Assert.EndsWith("within 15 seconds; tried: 10.0.0.1:30000, 10.0.0.2:30000.", error.Message, StringComparison.Ordinal);
    });

    [Fact]
    public Task CallAsync_SiloOfAnotherVersion_SaysWhatToUpgrade() => Task.Run(async () =>
    {
        Exception[] unreadable =
        [
            new CodecNotFoundException("no codec"), new TypeLoadException("no such call"), new ArgumentException("Could not find an implementation for interface x"),
        ];
        foreach (var thrown in unreadable)
        {
            var mismatch = await Assert.ThrowsAsync<VersionMismatchException>(() => Call(() => Task.FromException<string>(thrown)));

            Assert.Equal((VigilVersion.Current, null, thrown), (mismatch.Mine, mismatch.Theirs, mismatch.InnerException));
            Assert.EndsWith("Upgrade the silos first, then the clients and gateways.", mismatch.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<ArgumentException>(() => Call(() => Task.FromException<string>(new ArgumentException("Something else."))));
    });

    [Fact]
    public Task CallAsync_CallerLeaves_IsCancelled() => Task.Run(async () =>
    {
        using var left = new CancellationTokenSource();
        var answer = _calls.CallAsync(() => new TaskCompletionSource<string>().Task, left.Token);

        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    });

    private sealed class Gateways : IGatewayListProvider
    {
        public TimeSpan MaxStaleness => TimeSpan.Zero;

        public bool IsUpdatable => false;

        public Task InitializeGatewayListProvider() => Task.CompletedTask;

        public Task<IList<Uri>> GetGateways() => Task.FromResult<IList<Uri>>([new("gwy.tcp://10.0.0.1:30000/0"), new("gwy.tcp://10.0.0.2:30000/0")]);
    }

    private Task<string> Call(Func<Task<string>> call) => _calls.CallAsync(
        () =>
        {
            _made++;
            return call();
        },
        CancellationToken.None);
}
