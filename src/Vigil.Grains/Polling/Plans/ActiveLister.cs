using Vigil.Grains.Polling.OneOffs;
using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling.Plans;

/// <summary>
/// Reads the list of active runs page by page, as a one-off request that is repeated forever. Absence from a whole pass does not mean that a run has ended,
/// only that it must be polled by id. If suspiciously many runs are absent, the list is read once more to confirm it.
/// </summary>
internal sealed class ActiveLister(ConnectionScope scope, PlatformClient client, RunTracker tracker, ActiveListPlan plan, AbsenceCheck absences)
{
    private const double SuspiciousShare = 0.05;
    private const int MaxPages = 10_000;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    private readonly HashSet<TrackedRun> _seen = [];
    private HashSet<TrackedRun>? _absentBefore;
    private TimeSpan _passStartedAt;
    private string? _cursor;
    private int _pages;

    public OneOffRequest OneOffRequest() => new(new("", OneOffKind.List), ReadAsync);

    private async Task<OneOffOutcome> ReadAsync(OneOffRequest oneOff)
    {
        lock (scope.Lock)
        {
            if (_cursor is null && !BeginPass())
            {
                scope.Polls.Refund();
                return new OneOffOutcome.Again(scope.Connection.Cadence);
            }
        }

        var capabilities = scope.Connection.Capabilities;
        var reply = await client.CallAsync(
            scope.Polls, "list", token => scope.Platform.ListActiveAsync(_cursor, capabilities.MaxActivePage, token), scope.Draining);
        if (reply.Error is { } error)
        {
            return Fail(oneOff, error);
        }

        oneOff.Failures = 0;
        Apply(reply);
        var next = reply.Value?.NextCursor;
        lock (scope.Lock)
        {
            _pages++;
            if (next is not null && next != _cursor && _pages < MaxPages)
            {
                _cursor = next;
                return new OneOffOutcome.Again(TimeSpan.Zero);
            }

            return EndPass();
        }
    }

    private bool BeginPass()
    {
        _passStartedAt = scope.Clock.Now;
        _pages = 0;
        _seen.Clear();
        return scope.Runs.Count > 0 && plan.UsesList;
    }

    private void Apply(Reply<ActivePage> reply)
    {
        if (reply.Value is not { Runs.IsDefaultOrEmpty: false } page)
        {
            return;
        }

        var found = new List<(PollTicket Ticket, Snapshot Snapshot, ulong Fingerprint)>(page.Runs.Length);
        lock (scope.Lock)
        {
            foreach (var (remoteId, snapshot) in page.Runs)
            {
                // A page may repeat runs of the previous page if the list shifts while it is read.
                if (plan.Find(remoteId) is { } entry && _seen.Add(entry))
                {
                    found.Add((new(entry, entry.Attempt, Known: 0), snapshot, 0));
                }
            }
        }

        for (var i = 0; i < found.Count; i++)
        {
            found[i] = found[i] with { Fingerprint = Fingerprint.Of(found[i].Snapshot, found[i].Ticket.Attempt) };
        }

        var request = new PollRequest(reply.LeftAt, reply.SentAt, reply.ReceivedAt, Alone: false, Polls: 1, (double)reply.Requests / Math.Max(1, found.Count));
        scope.Services.Instruments.Polled(scope.Name, found.Count);
        lock (scope.Lock)
        {
            foreach (var (ticket, snapshot, fingerprint) in found)
            {
                tracker.Apply(ticket, new PollAnswer.Seen(snapshot), fingerprint, request);
            }
        }
    }

    private OneOffOutcome.Again EndPass()
    {
        _cursor = null;
        var absent = scope.Runs.All.Where(IsAbsent).ToHashSet();
        if (_absentBefore is null && absent.Count > _pages && absent.Count > SuspiciousShare * scope.Runs.Count)
        {
            scope.Services.Log.ListReadAgain(scope.Name, absent.Count, scope.Runs.Count);
            _absentBefore = absent;
            return new OneOffOutcome.Again(TimeSpan.Zero);
        }

        if (_absentBefore is { } before)
        {
            absent.IntersectWith(before);
            _absentBefore = null;
        }

        absences.Replace(absent);
        plan.LearnLength(_pages);
        plan.NextPass = _passStartedAt + Cadence.Jittered(scope.Connection.Cadence, scope.Services.Random);
        var wait = plan.NextPass - scope.Clock.Now;
        return new OneOffOutcome.Again(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    // A run that was added after the pass began may rightly be missing.
    private bool IsAbsent(TrackedRun entry) => !_seen.Contains(entry) && entry.AddedAt < _passStartedAt;

    private OneOffOutcome.Again Fail(OneOffRequest oneOff, PlatformError error)
    {
        oneOff.Failures++;
        lock (scope.Lock)
        {
            // An incomplete pass does not prove that a run is absent.
            _cursor = null;
            _absentBefore = null;
            if (error.Kind is PlatformErrorKind.Final or PlatformErrorKind.BatchRefused)
            {
                plan.Refuse();
                scope.Services.Log.ListRefused(scope.Name, error.Code, error.Message);
            }

            var delay = new Backoff(scope.Connection.Cadence, MaxDelay).Delay(oneOff.Failures, scope.Services.Random);
            return new OneOffOutcome.Again(RetryAfter.OrLonger(delay, error.RetryAfter));
        }
    }
}
