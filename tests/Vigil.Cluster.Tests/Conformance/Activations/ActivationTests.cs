using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Activations;

/// <summary>A grain has one activation at a time; it begins with the first call and ends when it is told to.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class ActivationTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task FirstCalls_Storm_MeetOneActivation()
    {
        var grain = cluster.NewGrain<IActivationGrain>();

        var numbers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => grain.GetNumberAsync()))).Within("the answers of 200 calls");

        Assert.All(numbers, number => Assert.Equal(1, number));
        Assert.Equal(1, cluster.JournalOf(grain).Count("activated"));
    }

    [Fact]
    public async Task FirstCall_RunsAfterOnActivateAsync()
    {
        var grain = cluster.NewGrain<IActivationGrain>();

        await grain.GetNumberAsync();

        Assert.Equal(["constructed", "activated", "called 1"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task DeactivateOnIdle_NextCall_MeetsANewActivation()
    {
        var grain = cluster.NewGrain<IActivationGrain>();

        await grain.DeactivateAsync();

        Assert.Equal(2, await grain.GetNumberAsync());
    }

    [Fact]
    public async Task DeactivateOnIdle_EndsTheActivationInOrder()
    {
        var grain = cluster.NewGrain<IActivationGrain>();

        await grain.DeactivateAsync();
        await grain.GetNumberAsync();

        var journal = cluster.JournalOf(grain);
        await journal.HasAsync("disposed");
        string[] ofTheFirst = ["constructed", "activated", "deactivating: ApplicationRequested", "deactivated", "disposed"];
        Assert.Equal(ofTheFirst, journal.Entries.Except(["called 2"]));
        Assert.True(Index(journal, "deactivated") < Index(journal, "called 2"));
    }

    [Fact]
    public async Task DeactivateOnIdle_DuringACall_LetsItFinishAndHandsTheQueueToTheNext()
    {
        var grain = cluster.NewGrain<IActivationGrain>();
        var held = grain.DeactivateAndHoldAsync();
        await cluster.GateOf(grain).ReachedAsync();
        var queued = Enumerable.Range(0, 5).Select(_ => grain.GetNumberAsync()).ToArray();

        cluster.GateOf(grain).Open();

        Assert.Equal(1, await held);
        Assert.All(await Task.WhenAll(queued).Within("the queued calls"), number => Assert.Equal(2, number));
        Assert.True(Index(cluster.JournalOf(grain), "held 1") < Index(cluster.JournalOf(grain), "deactivating: ApplicationRequested"));
    }

    [Fact]
    public async Task DeactivateOnIdle_Twice_EndsOneActivationOnce()
    {
        var grain = cluster.NewGrain<IActivationGrain>();

        await Task.WhenAll(grain.DeactivateAsync(), grain.DeactivateAsync());
        var number = await grain.GetNumberAsync();

        Assert.Equal(number - 1, cluster.JournalOf(grain).Count("deactivated"));
    }

    private static int Index(Journal journal, string entry) => journal.Entries.ToList().IndexOf(entry);
}
