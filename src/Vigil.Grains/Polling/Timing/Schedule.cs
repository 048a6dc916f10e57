namespace Vigil.Grains.Polling.Timing;

/// <summary>A connection's scheduled requests, by lane and due time. Within a lane the longest overdue goes first. Not thread-safe.</summary>
internal sealed class Schedule
{
    private const int TurnsPerCycle = 5;

    private readonly DueHeap[] _lanes = [new(), new(), new(), new()];
    private int _turn;

    /// <summary>Gets the earliest due time; null if nothing is scheduled.</summary>
    public TimeSpan? NextDue => PeekSoonest()?.Due;

    /// <summary>Adds an item, or moves one that is already scheduled.</summary>
    public void Set(Scheduled item, TimeSpan due, Lane lane)
    {
        Remove(item);
        item.Due = due;
        item.Lane = lane;
        _lanes[(int)lane].Add(item);
    }

    public void Remove(Scheduled item)
    {
        if (item.IsWaiting)
        {
            _lanes[(int)item.Lane].Remove(item);
        }
    }

    /// <summary>Removes and returns the next due item of a lane and those after it; null if none is due.</summary>
    public Scheduled? TakeDue(TimeSpan now, Lane first = Lane.OneOff)
    {
        var item = ChooseDue(now, first);
        if (item is not null)
        {
            _turn = (_turn + 1) % TurnsPerCycle;
            Remove(item);
        }

        return item;
    }

    /// <summary>Returns the item that is due soonest in a lane and those after it, without removing it.</summary>
    public Scheduled? PeekSoonest(Lane first = Lane.OneOff)
    {
        Scheduled? soonest = null;
        for (var lane = first; lane <= Lane.Background; lane++)
        {
            if (_lanes[(int)lane].Peek() is { } item && (soonest is null || item.Due < soonest.Due))
            {
                soonest = item;
            }
        }

        return soonest;
    }

    private Scheduled? ChooseDue(TimeSpan now, Lane first)
    {
        // However busy the other lanes are, the background lane gets every fifth turn.
        if (_turn == TurnsPerCycle - 1 && DueIn(Lane.Background) is { } background)
        {
            return background;
        }

        for (var lane = first; lane <= Lane.Background; lane++)
        {
            if (DueIn(lane) is { } item)
            {
                return item;
            }
        }

        return null;

        Scheduled? DueIn(Lane lane) => _lanes[(int)lane].Peek() is { } item && item.Due <= now ? item : null;
    }
}
