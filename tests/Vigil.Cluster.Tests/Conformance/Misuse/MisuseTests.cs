using Orleans.Storage;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Misuse;

/// <summary>What a grain may not do, and what it may although it looks as if it might not.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class MisuseTests(ConformanceCluster cluster)
{
    [Theory]
    [InlineData("factory", nameof(InvalidOperationException))]
    [InlineData("injected factory", "nothing")]
    [InlineData("key", "nothing")]
    [InlineData("reference", "nothing")]
    [InlineData("call", "nothing")]
    [InlineData("deactivate", "nothing")]
    [InlineData("delay", "nothing")]
    [InlineData("migrate", "nothing")]
    public async Task OffTheScheduler_SomeThingsAreRefused(string what, string outcome) =>
        Assert.Equal(outcome, await cluster.NewGrain<IMisuseGrain>().OutsideAsync(what));

    [Fact]
    public async Task State_InTheConstructor_IsNotThereYet() =>
        Assert.Equal(nameof(InvalidOperationException), await cluster.NewGrain<IMisuseGrain>().GetFoundByConstructorAsync());

    [Fact]
    public async Task State_AfterTheEnd_IsRefused()
    {
        var grain = cluster.NewGrain<IMisuseGrain>();
        await grain.TouchTooLateAsync();
        await cluster.GateOf(grain).ReachedAsync();
        await grain.GetFoundByConstructorAsync();

        cluster.GateOf(grain).Open();

        await cluster.JournalOf(grain).HasAsync("touched: InvalidOperationException");
    }

    [Fact]
    public async Task Store_ThatIsNotThere_FailsTheCall()
    {
        var call = cluster.NewGrain<IHomelessGrain>().TouchAsync();

        await Patience.UntilAsync(
            () =>
            {
                cluster.Clock.Advance(TimeSpan.FromSeconds(1));
                return Task.FromResult(call.IsCompleted);
            },
            "the answer of a grain without a store");
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => call);
        Assert.IsType<BadProviderConfigException>(error.GetBaseException());
    }

    [Theory]
    [InlineData("timer", nameof(ArgumentNullException))]
    [InlineData("key", nameof(ArgumentNullException))]
    public async Task Null_IsRefused(string what, string outcome) =>
        Assert.Equal(outcome, await cluster.NewGrain<IMisuseGrain>().PassNullAsync(what));
}
