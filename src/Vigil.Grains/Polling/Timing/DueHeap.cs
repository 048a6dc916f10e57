namespace Vigil.Grains.Polling.Timing;

/// <summary>A heap ordered by due time, from which any item can be removed. Four children per node make it shallow and cache-friendly.</summary>
internal sealed class DueHeap
{
    private const int Children = 4;

    // The due time is stored next to the item, so that sifting need not dereference the items it compares.
    private (TimeSpan Due, Scheduled Item)[] _slots = new (TimeSpan, Scheduled)[16];

    public int Count { get; private set; }

    public Scheduled? Peek() => Count == 0 ? null : _slots[0].Item;

    public void Add(Scheduled item)
    {
        if (Count == _slots.Length)
        {
            Array.Resize(ref _slots, Count * 2);
        }

        Count++;
        Rise(Count - 1, (item.Due, item));
    }

    public void Remove(Scheduled item)
    {
        var slot = item.Slot;
        item.Slot = -1;
        Count--;
        var last = _slots[Count];
        _slots[Count] = default;
        if (slot < Count)
        {
            Rise(slot, last);
            Sink(last.Item.Slot, last);
        }
    }

    private void Rise(int slot, (TimeSpan Due, Scheduled Item) entry)
    {
        while (slot > 0)
        {
            var parent = (slot - 1) / Children;
            if (_slots[parent].Due <= entry.Due)
            {
                break;
            }

            Put(slot, _slots[parent]);
            slot = parent;
        }

        Put(slot, entry);
    }

    private void Sink(int slot, (TimeSpan Due, Scheduled Item) entry)
    {
        while (true)
        {
            var first = (slot * Children) + 1;
            var soonest = first;
            for (var child = first + 1; child < Math.Min(first + Children, Count); child++)
            {
                if (_slots[child].Due < _slots[soonest].Due)
                {
                    soonest = child;
                }
            }

            if (first >= Count || _slots[soonest].Due >= entry.Due)
            {
                break;
            }

            Put(slot, _slots[soonest]);
            slot = soonest;
        }

        Put(slot, entry);
    }

    private void Put(int slot, (TimeSpan Due, Scheduled Item) entry)
    {
        _slots[slot] = entry;
        entry.Item.Slot = slot;
    }
}
