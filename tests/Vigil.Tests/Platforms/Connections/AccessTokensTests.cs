using Microsoft.Extensions.Time.Testing;
using Vigil.Platforms;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Connections;

public sealed class AccessTokensTests
{
    private readonly FakeTimeProvider _time = new();
    private int _fetched;
    private TimeSpan _life = TimeSpan.FromHours(1);
    private PlatformError? _failure;

    [Fact]
    public async Task GetAsync_ManyAtOnce_FetchOneToken()
    {
        var gate = new TaskCompletionSource();
        using var tokens = new AccessTokens(null, async (_, _) =>
        {
            await gate.Task;
            return Token();
        }, _time);

        var waiting = Enumerable.Range(0, 50).Select(_ => tokens.GetAsync(CancellationToken.None).AsTask()).ToArray();
        gate.SetResult();

        Assert.All(await Task.WhenAll(waiting), token => Assert.Equal("token-1", token));
    }

    [Fact]
    public async Task GetAsync_BeforeTheTokenRunsOut_FetchesTheNext()
    {
        using var tokens = Tokens();
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));

        _time.Advance(TimeSpan.FromMinutes(58));
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("token-2", await tokens.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task GetAsync_TokenThatLivesShorterThanTheMargin_IsUsedForHalfItsLife()
    {
        _life = TimeSpan.FromSeconds(20);
        using var tokens = Tokens();
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));

        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("token-2", await tokens.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task GetAsync_FetchThatFails_LastsOnTheOldTokenUntilItEnds()
    {
        using var tokens = Tokens();
        await tokens.GetAsync(CancellationToken.None);
        _failure = new PlatformError(PlatformErrorKind.Transient, "down", "Down.", CertainlyNotActedOn: true);

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));
        Assert.Equal("token-1", await tokens.GetAsync(CancellationToken.None));
        Assert.Equal(2, _fetched);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("down", (await Connected.FailureOfAsync(() => tokens.GetAsync(CancellationToken.None).AsTask())).Code);
        Assert.Equal(3, _fetched);

        // Right after a failure the next request gets the same failure, not another call to the token endpoint.
        Assert.Equal("down", (await Connected.FailureOfAsync(() => tokens.GetAsync(CancellationToken.None).AsTask())).Code);
        Assert.Equal(3, _fetched);

        _failure = null;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("token-4", await tokens.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RenewAsync_TokenThatManySawRefused_IsReplacedOnce()
    {
        using var tokens = Tokens();
        var refused = await tokens.GetAsync(CancellationToken.None);

        Assert.Equal("token-2", await tokens.RenewAsync(refused, CancellationToken.None));
        Assert.Equal("token-2", await tokens.RenewAsync(refused, CancellationToken.None));
        Assert.Equal(2, _fetched);
    }

    [Fact]
    public async Task RenewAsync_SameTokenAgain_IsNone()
    {
        var token = new AccessToken("only", null, null);
        using var tokens = new AccessTokens(token, (old, _) => Task.FromResult(old!), _time);

        Assert.Null(await tokens.RenewAsync("only", CancellationToken.None));
    }

    private AccessTokens Tokens() => new(null, (_, _) => Task.FromResult(Token()), _time);

    private AccessToken Token()
    {
        _fetched++;
        return _failure is { } failure ? throw new PlatformException(failure) : new AccessToken($"token-{_fetched}", _time.GetUtcNow() + _life, _life);
    }
}
