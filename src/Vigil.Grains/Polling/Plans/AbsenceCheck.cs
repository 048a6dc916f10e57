using Vigil.Grains.Polling.OneOffs;

namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Polls the runs that are absent from the list by id, one after another, using at most half of the budget. It is one one-off request that is repeated
/// until no such run is left.
/// </summary>
internal sealed class AbsenceCheck(ConnectionScope scope, RunTracker tracker, BatchPoller batchPoller, OneOffQueue oneOffs)
{
    // Most absent runs have ended, so this limits how many ends a minute are noticed in time. The other half is for the list and for starts' searches.
    private const int BudgetParts = 2;

    private readonly Queue<TrackedRun> _absent = [];
    private TimeSpan _nextAt;

    /// <summary>Replaces the queue with the runs absent from the last pass; a run that is back on the list need not be polled.</summary>
    public void Replace(IEnumerable<TrackedRun> absent)
    {
        _absent.Clear();
        // Those that nothing was heard of for longest come first; a run that ends just now must not overtake them.
        foreach (var entry in absent.OrderBy(entry => entry.NewestLeftAt > entry.AddedAt ? entry.NewestLeftAt : entry.AddedAt))
        {
            _absent.Enqueue(entry);
        }

        if (_absent.Count > 0)
        {
            oneOffs.Add(new(new("", OneOffKind.AbsenceCheck), CheckNextAsync), _nextAt);
        }
    }

    private async Task<OneOffOutcome> CheckNextAsync(OneOffRequest oneOff)
    {
        PollTicket ticket;
        lock (scope.Lock)
        {
            if (TakeNext() is not { } entry)
            {
                scope.Polls.Refund();
                return new OneOffOutcome.Done();
            }

            ticket = tracker.Send(entry);
            _nextAt = scope.Clock.Now + TimeSpan.FromMinutes(BudgetParts / scope.Polls.PerMinute);
        }

        await batchPoller.PollAsync([ticket]);
        lock (scope.Lock)
        {
            var wait = _nextAt - scope.Clock.Now;
            return new OneOffOutcome.Again(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        }
    }

    private TrackedRun? TakeNext()
    {
        while (_absent.TryDequeue(out var entry))
        {
            if (!entry.Forgotten && entry.InFlight == 0 && entry.Due <= scope.Clock.Now)
            {
                return entry;
            }
        }

        return null;
    }
}
