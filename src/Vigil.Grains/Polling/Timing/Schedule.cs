namespace Vigil.Grains.Polling.Timing;

/// <summary>What a connection will be asked, by lane and due time. Within a lane the longest overdue goes first. Not safe for concurrent use.</summary>
internal sealed class Schedule
{
    private const int TurnsUntilRest = 5;

    private readonly DueHeap[] _lanes = [new(), new(), new(), new()];
    private int _turn;

    /// <summary>Gets the moment at which something is due; null where nothing waits.</summary>
    public TimeSpan? NextDue => PeekSoonest()?.Due;

    /// <summary>Puts an item in, or moves one that waits already.</summary>
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

    /// <summary>Takes what goes next of all that is due in a lane and the ones after it; null where nothing is.</summary>
    public Scheduled? TakeDue(TimeSpan now, Lane first = Lane.OneOff)
    {
        var item = ChooseDue(now, first);
        if (item is not null)
        {
            _turn = (_turn + 1) % TurnsUntilRest;
            Remove(item);
        }

        return item;
    }

    /// <summary>Shows what is due soonest in a lane and the ones after it.</summary>
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
        // However many are wanted, those that nobody asks for are not forgotten.
        if (_turn == TurnsUntilRest - 1 && DueIn(Lane.Background) is { } rest)
        {
            return rest;
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
