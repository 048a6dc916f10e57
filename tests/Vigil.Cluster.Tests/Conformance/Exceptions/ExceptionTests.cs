using Orleans.Serialization;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Exceptions;

/// <summary>What a caller catches of what a grain throws.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class ExceptionTests(ConformanceCluster cluster)
{
    [Fact]
    public async Task MarkedException_ArrivesWithItsDataOfEachLevel()
    {
        var error = await Assert.ThrowsAsync<ItemException>(() => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync("item"));

        Assert.Equal(("There is no item 'hammer'.", "hammer", "item"), (error.Message, error.Item, error.Code));
        Assert.Equal([1, 2, 3], error.Counts);
        Assert.Null(error.Unsent);
    }

    [Fact]
    public async Task MarkedException_KeepsItsInnerException()
    {
        var error = await Assert.ThrowsAsync<OuterException>(() => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync("outer"));

        Assert.Equal("outside", error.Message);
        Assert.Equal("nail", Assert.IsType<ItemException>(error.InnerException).Item);
    }

    [Fact]
    public async Task Exception_ArrivesWithTheStackOfTheGrain()
    {
        var error = await Assert.ThrowsAsync<ItemException>(() => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync("item"));

        Assert.Contains(nameof(ThrowingGrain), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exception_ThrownBeforeAnyTask_IsThrownByTheAwait()
    {
        var grain = cluster.NewGrain<IThrowingGrain>();

        var call = grain.ThrowAtOnceAsync("item");

        await Assert.ThrowsAsync<ItemException>(() => call);
    }

    [Fact]
    public async Task Exception_OfAValueTask_Arrives() =>
        await Assert.ThrowsAsync<ItemException>(async () => await cluster.NewGrain<IThrowingGrain>().ThrowValueAsync("item"));

    [Fact]
    public async Task Exception_ThroughAnotherGrain_ArrivesWhole()
    {
        var (grain, other) = (cluster.NewGrain<IThrowingGrain>(), cluster.NewGrain<IThrowingGrain>());

        var error = await Assert.ThrowsAsync<ItemException>(() => grain.ThrowThroughAsync(other, "item"));

        Assert.Equal(("hammer", "item"), (error.Item, error.Code));
    }

    [Fact]
    public async Task Exception_FromAnotherGrain_CanBeCaught()
    {
        var (grain, other) = (cluster.NewGrain<IThrowingGrain>(), cluster.NewGrain<IThrowingGrain>());

        Assert.Equal("ItemException: hammer, item", await grain.CatchFromAsync(other, "item"));
    }

    [Fact]
    public async Task Exception_LeavesTheGrainActive()
    {
        var grain = cluster.NewGrain<IThrowingGrain>();

        await Assert.ThrowsAsync<ItemException>(() => grain.ThrowLaterAsync("item"));
        await Assert.ThrowsAsync<ItemException>(() => grain.ThrowAtOnceAsync("item"));

        Assert.Equal(2, await grain.CountAsync());
    }

    [Theory]
    [InlineData("invalid", typeof(InvalidOperationException), "not now")]
    [InlineData("missing", typeof(KeyNotFoundException), "no key")]
    [InlineData("supported", typeof(NotSupportedException), "never")]
    [InlineData("timeout", typeof(TimeoutException), "too slow")]
    [InlineData("cancelled", typeof(OperationCanceledException), "stopped")]
    [InlineData("io", typeof(IOException), "no disk")]
    [InlineData("http", typeof(HttpRequestException), "no net")]
    public async Task FrameworkException_KeepsTypeAndMessage(string what, Type type, string message)
    {
        var error = await Assert.ThrowsAsync(type, () => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync(what));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task FrameworkException_KeepsItsInnerException()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync("invalid"));

        Assert.Equal("inside", Assert.IsType<FormatException>(error.InnerException).Message);
    }

    [Theory]
    [InlineData("argument", typeof(ArgumentException), "wrong (Parameter 'what')")]
    [InlineData("null", typeof(ArgumentNullException), "Value cannot be null. (Parameter 'what')")]
    [InlineData("range", typeof(ArgumentOutOfRangeException), "too much (Parameter 'what')\nActual value was 5.")]
    public async Task ArgumentException_LosesTheParametersName(string what, Type type, string message)
    {
        var error = (ArgumentException)await Assert.ThrowsAsync(type, () => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync(what));

        Assert.Null(error.ParamName);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task AggregateException_KeepsEachOfItsExceptions()
    {
        var error = await Assert.ThrowsAsync<AggregateException>(() => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync("aggregate"));

        Assert.Equal([typeof(TimeoutException), typeof(ItemException)], error.InnerExceptions.Select(inner => inner.GetType()));
    }

    [Theory]
    [InlineData("unmarked")]
    [InlineData("unmarked inside")]
    public async Task UnmarkedException_ArrivesAsAnotherThatNamesIt(string what)
    {
        var error = await Assert.ThrowsAsync<CodecNotFoundException>(() => cluster.NewGrain<IThrowingGrain>().ThrowLaterAsync(what));

        Assert.Contains(nameof(UnmarkedException), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnmarkedException_FromGrainToGrain_ArrivesAsAnother()
    {
        var (grain, other) = (cluster.NewGrain<IThrowingGrain>(), cluster.NewGrain<IThrowingGrain>());

        await Assert.ThrowsAsync<CodecNotFoundException>(() => grain.ThrowThroughAsync(other, "unmarked"));
    }
}
