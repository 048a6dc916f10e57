using Vigil.Grains.Polling.Errands;

namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Asks by id about the runs that are absent from the list, as one errand that ends when there are none: one after another, at a pace that takes
/// at most a tenth of the budget.
/// </summary>
internal sealed class LookUps(ConnectionScope scope, Watching watching, RunAsker asker, ErrandDesk desk)
{
    private const int BudgetParts = 10;

    private readonly Queue<WatchedEntry> _absent = [];
    private TimeSpan _nextAt;

    /// <summary>Takes who was absent from the last pass; whoever is back on the list needs no looking up any more.</summary>
    public void Replace(IEnumerable<WatchedEntry> absent)
    {
        _absent.Clear();
        foreach (var entry in absent.OrderBy(entry => entry.SentAt))
        {
            _absent.Enqueue(entry);
        }

        if (_absent.Count > 0)
        {
            desk.Add(new(new("", ErrandKind.LookUp), LookUpAsync), _nextAt);
        }
    }

    private async Task<ErrandOutcome> LookUpAsync(Errand errand)
    {
        AskedRun asked;
        lock (scope.Gate)
        {
            if (TakeNext() is not { } entry)
            {
                scope.Polls.Return();
                return new ErrandOutcome.Done();
            }

            asked = watching.Send(entry);
            _nextAt = scope.Clock.Now + TimeSpan.FromMinutes(BudgetParts / scope.Polls.PerMinute);
        }

        await asker.AskAsync([asked]);
        lock (scope.Gate)
        {
            var wait = _nextAt - scope.Clock.Now;
            return new ErrandOutcome.Again(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
        }
    }

    private WatchedEntry? TakeNext()
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
