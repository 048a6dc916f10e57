using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>An activation that cannot begin fails the calls that wait for it, and nobody else.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class FailingActivationTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task OnActivateAsync_Fails_CallersGetItsException()
    {
        var grain = cluster.NewGrain<IFailingGrain>();
        cluster.JournalOf(grain).Add("fail activate");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => WithMovingClock(grain.TouchAsync()));

        Assert.Equal("The activate failed as told.", error.Message);
        Assert.DoesNotContain("touched", cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task Constructor_Fails_CallersGetItsExceptionInsideAnother()
    {
        var grain = cluster.NewGrain<IFailingGrain>();
        cluster.JournalOf(grain).Add("fail constructor");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => WithMovingClock(grain.TouchAsync()));

        Assert.Equal("The constructor failed as told.", Assert.IsType<InvalidOperationException>(error.InnerException).Message);
        Assert.DoesNotContain("touched", cluster.JournalOf(grain).Entries);
    }

    [Theory]
    [InlineData("constructor")]
    [InlineData("activate")]
    public async Task Activation_Failed_NextCallTriesAgain(string step)
    {
        var grain = cluster.NewGrain<IFailingGrain>();
        cluster.JournalOf(grain).Add($"fail {step}");
        await Assert.ThrowsAsync<InvalidOperationException>(() => WithMovingClock(grain.TouchAsync()));

        await WithMovingClock(grain.TouchAsync());

        Assert.Equal(1, cluster.JournalOf(grain).Count("touched"));
    }

    [Fact]
    public async Task OnActivateAsync_Failed_IsNotFollowedByOnDeactivateAsync()
    {
        var grain = cluster.NewGrain<IFailingGrain>();
        cluster.JournalOf(grain).Add("fail activate");

        await Assert.ThrowsAsync<InvalidOperationException>(() => WithMovingClock(grain.TouchAsync()));
        await WithMovingClock(grain.TouchAsync());

        Assert.DoesNotContain("deactivating", cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task OnDeactivateAsync_Fails_NextCallMeetsANewActivation()
    {
        var grain = cluster.NewGrain<IFailingGrain>();
        cluster.JournalOf(grain).Add("fail deactivate");

        await grain.DeactivateAsync();
        await grain.TouchAsync().Within("a call after a failed deactivation");

        Assert.Equal(["fail deactivate", "activating", "deactivating", "failed deactivate", "activating", "touched"], cluster.JournalOf(grain).Entries);
    }

    // An engine may hold a failed activation for a while, by the grains' clock, before it lets the next one try.
    private async Task WithMovingClock(Task call)
    {
        await Patience.UntilAsync(
            () =>
            {
                cluster.Clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(call.IsCompleted);
            },
            "the answer of a call to a failing activation");
        await call;
    }
}
