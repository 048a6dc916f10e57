using Vigil.Grains.Polling.Timing;

namespace Vigil.Tests.Polling.Timing;

public sealed class ScheduleTests
{
    private readonly Schedule _schedule = new();

    [Fact]
    public void Schedule_ManyChanges_GivesThemInTheOrderOfTheirDueTimes()
    {
        var random = new Random(11);
        var items = Enumerable.Range(0, 2000).Select(_ => new Item()).ToList();
        var expected = new Dictionary<Item, TimeSpan>();
        for (var i = 0; i < 20_000; i++)
        {
            var item = items[random.Next(items.Count)];
            if (random.Next(4) == 0)
            {
                _schedule.Remove(item);
                expected.Remove(item);
            }
            else
            {
                expected[item] = TimeSpan.FromMilliseconds(random.Next(100_000));
                _schedule.Set(item, expected[item], Lane.Background);
            }
        }

        var taken = new List<Item>();
        while (_schedule.TakeDue(TimeSpan.MaxValue) is Item item)
        {
            Assert.False(item.IsWaiting);
            taken.Add(item);
        }

        Assert.Equal(expected.Count, taken.Count);
        Assert.Equal(expected.Values.Order(), taken.Select(item => expected[item]));
    }

    [Fact]
    public void TakeDue_LanesInTheirOrder_AFifthForTheLast()
    {
        foreach (var lane in Enum.GetValues<Lane>())
        {
            for (var i = 0; i < 100; i++)
            {
                _schedule.Set(new Item(), TimeSpan.FromSeconds(i), lane);
            }
        }

        var taken = Enumerable.Range(0, 50).Select(_ => _schedule.TakeDue(TimeSpan.FromHours(1))!.Lane).ToList();

        Assert.Equal(10, taken.Count(lane => lane == Lane.Background));
        Assert.Equal(40, taken.Count(lane => lane == Lane.OneOff));
    }

    [Fact]
    public void TakeDue_FromALaneOn_LeavesTheOnesBefore()
    {
        _schedule.Set(new Item(), TimeSpan.Zero, Lane.OneOff);

        Assert.Null(_schedule.TakeDue(TimeSpan.FromHours(1), Lane.Interactive));
        Assert.Null(_schedule.PeekSoonest(Lane.Interactive));
        Assert.NotNull(_schedule.TakeDue(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void TakeDue_NotYetDue_GivesNothing()
    {
        _schedule.Set(new Item(), TimeSpan.FromSeconds(5), Lane.Interactive);

        Assert.Null(_schedule.TakeDue(TimeSpan.FromSeconds(4.9)));
        Assert.Equal(TimeSpan.FromSeconds(5), _schedule.NextDue);
        Assert.NotNull(_schedule.TakeDue(TimeSpan.FromSeconds(5)));
        Assert.Null(_schedule.NextDue);
    }

    private sealed class Item : Scheduled;
}
