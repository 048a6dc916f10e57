using Vigil.Grains.Polling.OneOffs;

namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Asks by id about the runs that are absent from the list, as one one-off request that ends when there are none: one after another, at a pace that takes
/// at most a tenth of the budget.
/// </summary>
internal sealed class AbsenceCheck(ConnectionScope scope, RunTracker tracker, BatchPoller batchPoller, OneOffQueue desk)
{
    private const int BudgetParts = 10;

    private readonly Queue<TrackedRun> _absent = [];
    private TimeSpan _nextAt;

    /// <summary>Records which runs were absent from the last pass; a run that is back on the list no longer needs a look-up.</summary>
    public void Replace(IEnumerable<TrackedRun> absent)
    {
        _absent.Clear();
        foreach (var entry in absent.OrderBy(entry => entry.SentAt))
        {
            _absent.Enqueue(entry);
        }

        if (_absent.Count > 0)
        {
            desk.Add(new(new("", OneOffKind.LookUp), LookUpAsync), _nextAt);
        }
    }

    private async Task<OneOffOutcome> LookUpAsync(OneOffRequest oneOff)
    {
        PollTicket asked;
        lock (scope.Lock)
        {
            if (TakeNext() is not { } entry)
            {
                scope.Polls.Refund();
                return new OneOffOutcome.Done();
            }

            asked = tracker.Send(entry);
            _nextAt = scope.Clock.Now + TimeSpan.FromMinutes(BudgetParts / scope.Polls.PerMinute);
        }

        await batchPoller.AskAsync([asked]);
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
