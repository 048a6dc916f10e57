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
    private const int MaxFailures = 3;

    // A platform may list each status by itself, and have no runs in some.
    private const int MaxEmptyPages = 10;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxPassTime = TimeSpan.FromMinutes(5);

    private readonly HashSet<TrackedRun> _seen = [];
    private readonly HashSet<string> _listed = new(StringComparer.Ordinal);
    private HashSet<TrackedRun>? _absentBefore;
    private TimeSpan _passStartedAt;
    private string? _cursor;
    private int _pages;
    private int _emptyPages;

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
        var next = Apply(reply) ? reply.Value?.NextCursor : null;
        lock (scope.Lock)
        {
            _pages++;
            if (next is null || next == _cursor)
            {
                return EndPass();
            }

            // It is at least one page longer, but probably more.
            return _pages >= plan.MaxRequestsPerPass ? StopPass(2 * _pages)
                : scope.Clock.Now - _passStartedAt >= MaxPassTime ? StopPass(requests: 1)
                : Continue(next);
        }
    }

    private bool BeginPass()
    {
        _passStartedAt = scope.Clock.Now;
        (_pages, _emptyPages) = (0, 0);
        _seen.Clear();
        _listed.Clear();
        return scope.Runs.Count > 0 && plan.ReadsList;
    }

    /// <summary>Applies a page and returns whether it may be followed by another one: a page that repeats what was listed before ends the list.</summary>
    private bool Apply(Reply<ActivePage> reply)
    {
        if (reply.Value is not { Runs.IsDefaultOrEmpty: false } page)
        {
            return ++_emptyPages <= MaxEmptyPages;
        }

        var isNew = false;
        var found = new List<(PollTicket Ticket, Snapshot Snapshot, ulong Fingerprint)>(page.Runs.Length);
        lock (scope.Lock)
        {
            foreach (var (remoteId, snapshot) in page.Runs)
            {
                isNew |= _listed.Add(remoteId);

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

        return isNew;
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
        plan.Resume();
        plan.NextPass = _passStartedAt + Cadence.Jittered(scope.Connection.Cadence, scope.Services.Random);
        var wait = plan.NextPass - scope.Clock.Now;
        return new OneOffOutcome.Again(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private OneOffOutcome.Again Continue(string next)
    {
        _cursor = next;
        return new(TimeSpan.Zero);
    }

    /// <summary>Gives up a pass that is not worth its requests, or never ends.</summary>
    private OneOffOutcome.Again StopPass(int requests)
    {
        _cursor = null;
        _absentBefore = null;
        plan.Pause(requests);
        return new OneOffOutcome.Again(scope.Connection.Cadence);
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
            if (error.Kind is PlatformErrorKind.Final or PlatformErrorKind.BatchRefused
                || (error.Kind is not PlatformErrorKind.Credential && (oneOff.Failures >= MaxFailures || !plan.UsesList)))
            {
                plan.Pause(requests: 1);
                scope.Services.Log.ListRefused(scope.Name, error.Code, error.Message);
            }

            var delay = new Backoff(scope.Connection.Cadence, MaxDelay).Delay(oneOff.Failures, scope.Services.Random);
            return new OneOffOutcome.Again(RetryAfter.OrLonger(delay, error.RetryAfter));
        }
    }
}
