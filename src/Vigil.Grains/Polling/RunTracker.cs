using Vigil.Grains.Polling.Plans;

namespace Vigil.Grains.Polling;

/// <summary>The life of a watched run in the poller: taken in, asked about, answered, told, forgotten. The gate of the connection guards it.</summary>
internal sealed class RunTracker(ConnectionScope scope, IPollPlan plan, RunTiming timing, ReportQueue reports, PushListeners pushes)
{
    /// <summary>A grain that takes an end forgets the run. Where it is still watched, the end was not taken and is told again.</summary>
    private static readonly TimeSpan TellEndAgainAfter = TimeSpan.FromSeconds(15);

    /// <summary>Starts tracking a run, or updates one that is tracked; returns whether its schedule changed.</summary>
    public bool Watch(ExecutionState state)
    {
        if (!scope.Runs.TryGet(state.Id, out var entry))
        {
            entry = new(state, scope.Clock.Now);
            scope.Runs.Add(entry);
            plan.Plan(entry, timing.First(entry), timing.LaneOf(entry));
            pushes.Start(entry);
            return true;
        }

        if (state.Attempt != entry.Attempt || state.RemoteId != entry.Remote.RemoteId)
        {
            entry.Fingerprint = 0;
            entry.Alone = false;
            entry.ConfirmFrom = null;
            entry.Status = state.Status;
        }
        else if (state.Status != entry.Status && !entry.Reporting)
        {
            // What the grain believes differs from what was seen: whatever was told did not last, so the next answer is told.
            entry.Fingerprint = 0;
        }

        entry.Take(state);
        if (plan.NextFor(entry) is not null || entry.InFlight > 0)
        {
            return false;
        }

        plan.Plan(entry, timing.First(entry), timing.LaneOf(entry));
        return true;
    }

    public void Forget(string executionId)
    {
        if (scope.Runs.Remove(executionId) is { } entry)
        {
            scope.Schedule.Remove(entry);
            plan.Drop(entry);
            pushes.Stop(entry);
        }
    }

    /// <summary>Handles a hint that asking now would pay.</summary>
    public void Nudge(TrackedRun entry)
    {
        if (entry.InFlight > 0)
        {
            entry.NudgedInFlight = true;
            return;
        }

        if (entry.Failures > 0)
        {
            // A hint is no reason to disturb a platform that asked to be left alone.
            return;
        }

        var due = timing.Nudged(entry);
        if (!entry.IsWaiting || entry.Lane != Lane.Interactive || due < entry.Due)
        {
            scope.Schedule.Set(entry, due, Lane.Interactive);
        }
    }

    /// <summary>Records that a request for the run is sent now.</summary>
    public PollTicket Send(TrackedRun entry)
    {
        if (entry.Lane == Lane.Interactive)
        {
            entry.NudgedAt = scope.Clock.Now;
        }

        entry.SentAt = scope.Clock.Now;
        entry.InFlight++;
        plan.Plan(entry, timing.Next(entry), timing.LaneOf(entry));
        return new(entry, entry.Attempt, entry.KnownAnswer);
    }

    /// <summary>Defers a run that came due while too many requests for it were in flight: it is asked about as soon as one of them is answered.</summary>
    public static void Defer(TrackedRun entry) => entry.Deferred = true;

    /// <summary>Records that a request for a run has ended.</summary>
    public void Settle(PollTicket asked, PollAnswer? answer, ulong print, PollRequest request)
    {
        asked.Entry.InFlight--;
        Take(asked, answer, print, request);
    }

    /// <summary>Records what was answered about a run, or that nothing was.</summary>
    /// <param name="asked">The run, as it was asked about.</param>
    /// <param name="answer">The answer; null where the request was not sent or came to nothing.</param>
    /// <param name="print">The fingerprint of the snapshot, where there is one.</param>
    /// <param name="request">The request.</param>
    public void Take(PollTicket asked, PollAnswer? answer, ulong print, PollRequest request)
    {
        var entry = asked.Entry;
        entry.Polls += request.Polls;
        entry.Requests += request.Share;
        if (entry.Forgotten)
        {
            return;
        }

        // The attempt may have changed while the request was on its way, and a slow answer may be overtaken by a later one.
        var outdated = entry.Attempt != asked.Attempt || request.LeftAt < entry.NewestLeftAt;
        if (!outdated)
        {
            switch (answer)
            {
                case PollAnswer.Seen seen:
                    See(entry, seen, print, request);
                    break;
                case PollAnswer.Unchanged when asked.Known == entry.KnownAnswer:
                    entry.Failures = 0;
                    entry.NewestLeftAt = request.LeftAt;
                    break;
                case PollAnswer.NotFound:
                    Miss(entry, request);
                    break;
                case PollAnswer.Unusable unusable:
                    Fail(entry, unusable.Error, request);
                    break;
            }
        }

        GoOn(entry);
    }

    private void See(TrackedRun entry, PollAnswer.Seen seen, ulong print, PollRequest request)
    {
        var snapshot = seen.Snapshot;
        var paceChanges = (entry.Status == ExecutionStatus.AwaitingInput) != (snapshot.Status == ExecutionStatus.AwaitingInput);
        entry.Failures = 0;
        entry.ConfirmFrom = null;
        entry.Status = snapshot.Status;
        if (entry.Progress != snapshot.Progress)
        {
            // An equal one would be one more object to outlive each poll: at 100,000 runs they keep the garbage collector marking its oldest generation.
            entry.Progress = snapshot.Progress;
        }

        entry.NewestLeftAt = request.LeftAt;
        entry.AnswerHash = seen.Hash;
        if (paceChanges && entry.InFlight == 0)
        {
            plan.Plan(entry, timing.Next(entry), timing.LaneOf(entry));
        }

        var ended = snapshot.Status.IsTerminal();
        if (print == entry.Fingerprint && !(ended && scope.Clock.Now - entry.ReportedAt >= TellEndAgainAfter))
        {
            return;
        }

        if (print != entry.Fingerprint)
        {
            Measure(entry, snapshot, request);
        }

        entry.Fingerprint = print;
        var observation = new Observation(snapshot, entry.Attempt, request.SentAt, request.ReceivedAt);
        reports.Tell(entry, new LifecycleInput.Observed(observation, entry.Requests, entry.Polls, request.Alone));
    }

    private void Measure(TrackedRun entry, Snapshot snapshot, PollRequest request)
    {
        if (snapshot.UnknownStatus)
        {
            scope.Services.Instruments.UnknownStatus(scope.Name);
            scope.Services.Log.UnknownStatus(scope.Name, snapshot.RawStatus, entry.Id);
        }

        if (snapshot.Status.IsTerminal() && snapshot.EndedAt is { } ended)
        {
            scope.Services.Instruments.Lagged(scope.Name, request.ReceivedAt - ended);
        }
    }

    private void Miss(TrackedRun entry, PollRequest request)
    {
        entry.Failures = 0;
        entry.Fingerprint = 0;
        entry.NewestLeftAt = request.LeftAt;

        // The grain goes by the calendar, which may have been set forward since the first one.
        var confirms = request.Alone && request.LeftAt >= entry.ConfirmFrom;
        reports.Tell(entry, new LifecycleInput.NotFound(entry.Attempt, request.SentAt, confirms, entry.Requests, entry.Polls));
    }

    private void Fail(TrackedRun entry, PlatformError error, PollRequest request)
    {
        if (error.Kind == PlatformErrorKind.Credential)
        {
            // A suspended connection keeps its runs as they are: they wait for it and not for themselves.
            return;
        }

        entry.Failures = (byte)Math.Min(entry.Failures + 1, 100);
        if (error.Kind == PlatformErrorKind.Final)
        {
            entry.Fingerprint = 0;
            reports.Tell(entry, new LifecycleInput.PollFailed(entry.Attempt, request.SentAt, error, entry.Requests, entry.Polls));
        }

        if (entry.InFlight == 0)
        {
            plan.Plan(entry, timing.AfterFailure(entry, error.RetryAfter), timing.LaneOf(entry));
        }
    }

    private void GoOn(TrackedRun entry)
    {
        if (entry.NudgedInFlight && entry.InFlight == 0)
        {
            entry.NudgedInFlight = false;
            Nudge(entry);
        }

        if (entry.Deferred)
        {
            entry.Deferred = false;
            if (!entry.IsWaiting)
            {
                plan.Plan(entry, scope.Clock.Now, timing.LaneOf(entry));
            }
        }
    }
}
