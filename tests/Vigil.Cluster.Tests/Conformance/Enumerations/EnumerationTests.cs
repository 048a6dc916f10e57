using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Enumerations;

/// <summary>A grain may answer with many things one after another.</summary>
[Collection(ConformanceCollection.Name)]
public sealed class EnumerationTests(ConformanceCluster cluster)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public async Task Enumeration_ArrivesInOrder(int count)
    {
        var grain = cluster.NewGrain<IEnumerationGrain>();
        var numbers = new List<int>();

        await foreach (var number in grain.CountAsync(count))
        {
            numbers.Add(number);
        }

        Assert.Equal(Enumerable.Range(1, count), numbers);
        await cluster.JournalOf(grain).HasAsync("ended");
    }

    [Fact]
    public async Task Enumeration_LeftEarly_EndsInTheGrain()
    {
        var grain = cluster.NewGrain<IEnumerationGrain>();

        await foreach (var number in grain.CountAsync(int.MaxValue))
        {
            if (number == 3)
            {
                break;
            }
        }

        await cluster.JournalOf(grain).HasAsync("ended");
    }

    [Fact]
    public async Task Enumeration_ThatFails_FailsAfterWhatCameBefore()
    {
        var numbers = new List<int>();

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var number in cluster.NewGrain<IEnumerationGrain>().FailAsync())
            {
                numbers.Add(number);
            }
        });

        Assert.Equal([1, 2], numbers);
    }

    [Fact]
    public async Task Enumeration_Cancelled_EndsOnBothSides()
    {
        var grain = cluster.NewGrain<IEnumerationGrain>();
        using var source = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in grain.WaitAsync(source.Token))
            {
                await source.CancelAsync();
            }
        });

        await cluster.JournalOf(grain).HasAsync("ended, cancelled: True");
    }

    [Fact]
    public async Task Enumeration_UnderWay_LetsOtherCallsIn()
    {
        var grain = cluster.NewGrain<IEnumerationGrain>();
        await using var enumerator = grain.CountAsync(1000).GetAsyncEnumerator();
        Assert.True(await enumerator.MoveNextAsync());

        await grain.TouchAsync().Within("a call beside an enumeration");

        Assert.True(await enumerator.MoveNextAsync());
        Assert.Equal(2, enumerator.Current);
    }

    [Fact]
    public async Task Enumeration_BetweenGrains_Arrives()
    {
        var (grain, other) = (cluster.NewGrain<IEnumerationGrain>(), cluster.NewGrain<IEnumerationGrain>());

        Assert.Equal(5050, await grain.SumAsync(other, 100));
    }
}
