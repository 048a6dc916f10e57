using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.State;

/// <summary>What a grain and its callers see of a store that refuses or fails.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class StateFaultTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Write_OfAStaleState_ReachesTheCallerWithBothEtags()
    {
        var grain = await WithStaleStateAsync();

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync("mine"));

        Assert.Equal(("2", "1"), (error.StoredEtag, error.CurrentEtag));
    }

    [Fact]
    public async Task Write_OfAStaleState_EndsTheActivation()
    {
        var grain = await WithStaleStateAsync();
        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.WriteAsync("mine"));

        var view = await grain.WriteAsync("again");

        Assert.Equal(("again", "3", 2), (view.Text, view.Etag, view.Activation));
    }

    [Fact]
    public async Task Write_OfAStaleState_CaughtByTheGrain_LeavesItActive()
    {
        var grain = await WithStaleStateAsync();

        Assert.Equal("InconsistentStateException: 2, 1", await grain.WriteCaughtAsync("mine"));
        Assert.Equal("InconsistentStateException: 2, 1", await grain.WriteCaughtAsync("mine again"));

        Assert.Equal(1, (await grain.GetAsync()).Activation);
    }

    [Fact]
    public async Task Write_OfAStaleState_ThenRead_CanBeWritten()
    {
        var grain = await WithStaleStateAsync();
        await grain.WriteCaughtAsync("mine");

        var read = await grain.ReadAsync();
        var written = await grain.WriteAsync("mine at last");

        Assert.Equal("theirs", read.Text);
        Assert.Equal(("mine at last", "3", 1), (written.Text, written.Etag, written.Activation));
    }

    [Fact]
    public async Task Conflict_PassedOnByACaller_EndsOnlyTheGrainWhereItArose()
    {
        var stale = await WithStaleStateAsync();
        var caller = cluster.NewGrain<IScriptedStateGrain>();
        await caller.GetAsync();

        await Assert.ThrowsAsync<InconsistentStateException>(() => caller.WriteThroughAsync(stale, "mine"));

        Assert.Equal(1, (await caller.GetAsync()).Activation);
        Assert.Equal(2, (await stale.GetAsync()).Activation);
    }

    [Theory]
    [InlineData("write")]
    [InlineData("clear")]
    [InlineData("read")]
    public async Task StorageException_ReachesTheGrainInsideAnOrleansException(string operation)
    {
        var grain = cluster.NewGrain<IScriptedStateGrain>();
        await grain.WriteAsync("before");
        Fail(grain, operation, new TimeoutException("The store is slow."));

        var error = await Assert.ThrowsAsync<OrleansException>(() => operation switch
        {
            "write" => grain.WriteAsync("after"),
            "clear" => grain.ClearAsync(),
            _ => grain.ReadAsync(),
        });

        Assert.Equal("The store is slow.", Assert.IsType<TimeoutException>(error.InnerException).Message);
    }

    [Fact]
    public async Task StorageException_OfAWrite_LeavesTheGrainActiveAndItsStateChanged()
    {
        var grain = cluster.NewGrain<IScriptedStateGrain>();
        await grain.WriteAsync("before");
        Fail(grain, "write", new TimeoutException("The store is slow."));

        Assert.Equal("OrleansException: TimeoutException", await grain.WriteCaughtAsync("after"));
        var view = await grain.GetAsync();

        Assert.Equal(("after", "1", 1), (view.Text, view.Etag, view.Activation));
    }

    [Fact]
    public async Task StorageException_ThatIsAnOrleansException_StaysAsItIs()
    {
        var grain = cluster.NewGrain<IScriptedStateGrain>();
        Fail(grain, "write", new OrleansException("Mine."));

        var error = await Assert.ThrowsAsync<OrleansException>(() => grain.WriteAsync("after"));

        Assert.Equal("Mine.", error.Message);
    }

    [Fact]
    public async Task FirstRead_Fails_CallersGetItAndTheNextActivationReadsAgain()
    {
        var grain = cluster.NewGrain<IScriptedStateGrain>();
        Fail(grain, "read", new TimeoutException("The store is slow."));

        var call = grain.GetAsync();
        await Patience.UntilAsync(() => Task.FromResult(Moved(call)), "the answer of a call to a grain without state");
        var error = await Assert.ThrowsAsync<OrleansException>(() => call);
        cluster.Storage.Heal(grain.GetPrimaryKeyString());
        var view = await grain.GetAsync();

        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.False(view.RecordExists);
    }

    [Theory]
    [InlineData(ConformanceCluster.Memory)]
    [InlineData(ConformanceCluster.Scripted)]
    public async Task FirstWrite_ByTwo_OnlyOneWins(string name)
    {
        var storage = cluster.SiloServices.GetRequiredKeyedService<IGrainStorage>(name);
        var id = cluster.NewGrain<IScriptedStateGrain>().GetGrainId();
        var (one, two) = (new GrainState<NoteState>(new NoteState()), new GrainState<NoteState>(new NoteState()));
        await storage.ReadStateAsync("race", id, one);
        await storage.ReadStateAsync("race", id, two);

        await storage.WriteStateAsync("race", id, one);

        await Assert.ThrowsAnyAsync<InconsistentStateException>(() => storage.WriteStateAsync("race", id, two));
        Assert.True(one.RecordExists);
        Assert.False(two.RecordExists);
    }

    private void Fail(IGrainWithStringKey grain, string operation, Exception exception) =>
        cluster.Storage.Fail(grain.GetPrimaryKeyString(), asked => asked == operation ? exception : null);

    private bool Moved(Task call)
    {
        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        return call.IsCompleted;
    }

    private async Task<IScriptedStateGrain> WithStaleStateAsync()
    {
        var grain = cluster.NewGrain<IScriptedStateGrain>();
        await grain.WriteAsync("first");
        cluster.Storage.Overwrite("note", grain.GetPrimaryKeyString(), new NoteState { Text = "theirs" });
        return grain;
    }
}
