using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.State;

/// <summary>A grain's state is what was last written, and never shares an object with the store.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class StateTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task State_OfANewGrain_IsNewAndNotThere()
    {
        var view = await cluster.NewGrain<IMemoryStateGrain>().GetAsync();

        Assert.Equal(new NoteView(null, view.Tags, RecordExists: false, Etag: null, Activation: 1), view);
        Assert.Empty(view.Tags);
    }

    [Fact]
    public async Task State_Written_IsThereBeforeTheNextOnActivateAsync()
    {
        var grain = cluster.NewGrain<IMemoryStateGrain>();

        var written = await grain.WriteAsync("first");
        await grain.DeactivateAsync();
        var read = await grain.GetAsync();

        Assert.True(written.RecordExists);
        Assert.NotNull(written.Etag);
        Assert.Equal(("first", true, written.Etag, 2), (read.Text, read.RecordExists, read.Etag, read.Activation));
        Assert.Equal(["activated with nothing, exists: False", "activated with first, exists: True"], cluster.JournalOf(grain).Entries);
    }

    [Fact]
    public async Task State_ChangedButNotWritten_IsLostWithTheActivation()
    {
        var grain = cluster.NewGrain<IMemoryStateGrain>();
        await grain.WriteAsync("written");

        await grain.SetAsync("only in memory");
        await grain.DeactivateAsync();
        var view = await grain.GetAsync();

        Assert.Equal("written", view.Text);
        Assert.Equal(["written"], view.Tags);
    }

    [Fact]
    public async Task Write_EachTime_HasANewEtag()
    {
        var grain = cluster.NewGrain<IMemoryStateGrain>();

        var first = await grain.WriteAsync("first");
        var second = await grain.WriteAsync("second");

        Assert.NotEqual(first.Etag, second.Etag);
    }

    [Fact]
    public async Task Read_DropsWhatWasNotWritten()
    {
        var grain = cluster.NewGrain<IMemoryStateGrain>();
        var written = await grain.WriteAsync("written");
        await grain.SetAsync("only in memory");

        var view = await grain.ReadAsync();

        Assert.Equal(("written", written.Etag), (view.Text, view.Etag));
    }

    [Fact]
    public async Task Clear_LeavesANewStateThatIsNotThere()
    {
        var grain = cluster.NewGrain<IMemoryStateGrain>();
        await grain.WriteAsync("written");

        var cleared = await grain.ClearAsync();
        await grain.DeactivateAsync();
        var read = await grain.GetAsync();

        Assert.Equal((null, false), (cleared.Text, cleared.RecordExists));
        Assert.Equal((null, false), (read.Text, read.RecordExists));
        Assert.Empty(cleared.Tags);
    }

    [Fact]
    public async Task Clear_ThenWrite_IsThereAgain()
    {
        var grain = cluster.NewGrain<IMemoryStateGrain>();
        await grain.WriteAsync("first");
        await grain.ClearAsync();

        var view = await grain.WriteAsync("second");

        Assert.Equal(("second", true), (view.Text, view.RecordExists));
        Assert.Equal(["second"], view.Tags);
    }

    [Fact]
    public async Task State_KeepsReferencesToGrains()
    {
        var (grain, friend) = (cluster.NewGrain<IMemoryStateGrain>(), cluster.NewGrain<IMemoryStateGrain>());
        await grain.BefriendAsync(friend);
        await grain.DeactivateAsync();

        var found = await grain.GetFriendAsync();

        Assert.Equal(friend.GetGrainId(), found!.GetGrainId());
        Assert.Equal("hello", (await found!.WriteAsync("hello")).Text);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("set")]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("clear")]
    public async Task State_TouchedOffTheGrainsScheduler_Throws(string what) =>
        Assert.Equal(nameof(InvalidOperationException), await cluster.NewGrain<IMemoryStateGrain>().TouchOutsideAsync(what));
}
