using Orleans.Serialization;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Copying;

/// <summary>Caller and grain share no object, whichever of the two is a grain.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class CopyTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task Argument_ChangedByTheCallerLater_IsNotChangedInTheGrain()
    {
        var grain = cluster.NewGrain<ICopyGrain>();
        var node = new Node { Name = "before" };

        await grain.KeepAsync(node);
        node.Name = "after";

        Assert.Equal("before", (await grain.GetKeptAsync()).Name);
    }

    [Fact]
    public async Task Argument_ChangedWhileTheCallIsUnderWay_IsNotChangedInTheGrain()
    {
        var grain = cluster.NewGrain<ICopyGrain>();
        var node = new Node { Name = "before" };

        var call = grain.KeepAsync(node);
        node.Name = "after";
        await call;

        Assert.Equal("before", (await grain.GetKeptAsync()).Name);
    }

    [Fact]
    public async Task Argument_ChangedByTheGrain_IsNotChangedForTheCaller()
    {
        var node = new Node { Name = "before" };

        await cluster.NewGrain<ICopyGrain>().RenameAsync(node, "after");

        Assert.Equal("before", node.Name);
        Assert.Empty(node.Next);
    }

    [Fact]
    public async Task Result_ChangedByTheCaller_IsNotChangedInTheGrain()
    {
        var grain = cluster.NewGrain<ICopyGrain>();
        await grain.KeepAsync(new Node { Name = "before" });

        var kept = await grain.GetKeptAsync();
        kept.Name = "after";

        Assert.Equal("before", (await grain.GetKeptAsync()).Name);
    }

    [Fact]
    public async Task BetweenGrains_NothingIsShared()
    {
        var (grain, other) = (cluster.NewGrain<ICopyGrain>(), cluster.NewGrain<ICopyGrain>());

        Assert.Equal(["mine", "mine", "changed by the caller"], await grain.TryOtherAsync(other));
    }

    [Fact]
    public async Task Argument_NamedTwice_IsOneObjectInTheGrain()
    {
        var node = new Node();

        Assert.True(await cluster.NewGrain<ICopyGrain>().AreSameAsync(node, node));
        Assert.False(await cluster.NewGrain<ICopyGrain>().AreSameAsync(node, new Node()));
    }

    [Fact]
    public async Task Graph_WithSharedPartsAndCircles_KeepsItsForm()
    {
        var shared = new Node { Name = "shared" };
        var root = new Node { Name = "root", Next = { shared, shared } };
        shared.Next.Add(root);

        var echo = await cluster.NewGrain<ICopyGrain>().EchoNodeAsync(root);

        Assert.NotSame(root, echo);
        Assert.Same(echo.Next[0], echo.Next[1]);
        Assert.Same(echo, echo.Next[0].Next[0]);
        Assert.Equal("shared", echo.Next[0].Name);
    }

    [Fact]
    public async Task MembersWithoutId_StayBehind()
    {
        var echo = await cluster.NewGrain<ICopyGrain>().EchoPartlyAsync(new Partly { Sent = "one", Marked = "two", Unmarked = "three" });

        Assert.Equal(("one", null, null), (echo.Sent, echo.Marked, echo.Unmarked));
    }

    [Fact]
    public async Task Argument_OfAnUnmarkedType_FailsTheCall()
    {
        var grain = cluster.NewGrain<ICopyGrain>();

        await Assert.ThrowsAsync<CodecNotFoundException>(async () => await grain.EchoShapeAsync(new UnmarkedShape("nobody knows me")));

        Assert.Null(await grain.EchoShapeAsync(null));
    }

    [Fact]
    public async Task Argument_OfAnUnmarkedType_FailsTheCallOfAGrainToo()
    {
        var (grain, other) = (cluster.NewGrain<ICopyGrain>(), cluster.NewGrain<ICopyGrain>());

        Assert.Equal(nameof(CodecNotFoundException), await grain.SendUnmarkedToAsync(other));
    }

    [Fact]
    public async Task Argument_OfAnUnmarkedCollection_FailsTheCall() =>
        await Assert.ThrowsAsync<CodecNotFoundException>(async () => await cluster.NewGrain<ICopyGrain>().EchoListAsync(new UnmarkedList { "one" }));

    [Fact]
    public async Task Result_OfAnUnmarkedType_FailsTheCall() =>
        await Assert.ThrowsAsync<CodecNotFoundException>(() => cluster.NewGrain<ICopyGrain>().GetUnmarkedAsync());
}
