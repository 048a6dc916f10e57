using Orleans.Storage;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.State;

/// <summary>A conflict that leaves a turn ends the activation, whatever kind of turn it was.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class ConflictTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Conflict_OfAClear_EndsTheActivation()
    {
        var grain = await WithStaleStateAsync();

        await Assert.ThrowsAsync<InconsistentStateException>(grain.ClearAsync);

        await HasEndedAsync(grain);
    }

    [Fact]
    public async Task Conflict_OfAnInterleavedCall_EndsTheActivation()
    {
        var grain = await WithStaleStateAsync();

        await Assert.ThrowsAsync<InconsistentStateException>(grain.WriteInterleavedAsync);

        await HasEndedAsync(grain);
    }

    [Fact]
    public async Task Conflict_OfAOneWayCall_EndsTheActivation()
    {
        var grain = await WithStaleStateAsync();

        await grain.WriteOneWayAsync();

        await HasEndedAsync(grain);
    }

    [Fact]
    public async Task Conflict_OfATick_EndsTheActivation()
    {
        var grain = await WithStaleStateAsync();
        await grain.WriteByTimerAsync();

        cluster.Clock.Advance(TimeSpan.FromSeconds(1));

        await HasEndedAsync(grain);
    }

    private async Task HasEndedAsync(IConflictGrain grain)
    {
        await cluster.JournalOf(grain).HasAsync("deactivated: ApplicationError");
        Assert.Equal(2, await grain.GetNumberAsync());
    }

    private async Task<IConflictGrain> WithStaleStateAsync()
    {
        var grain = cluster.NewGrain<IConflictGrain>();
        await grain.WriteAsync();
        cluster.Storage.Overwrite("note", grain.GetPrimaryKeyString(), new NoteState { Text = "theirs" });
        return grain;
    }
}
