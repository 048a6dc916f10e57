using Vigil.Grains.Polling.Plans;

namespace Vigil.Grains.Polling;

/// <summary>Tracks the watched runs of a connection, from being added and polled to being reported and forgotten. Guarded by the connection's lock.</summary>
internal sealed class RunTracker(ConnectionScope scope, IPollPlan plan, RunTiming timing, ReportQueue reports, PushListeners pushes, PollHealth health)
{
    // A grain that has applied an end makes the poller forget the run. If the run is still tracked after this time, the end is reported again.
    private static readonly TimeSpan RepeatEndAfter = TimeSpan.FromSeconds(15);

    /// <summary>Gets what applies the polls that do not return their runs.</summary>
    public FailedPolls Failures { get; } = new(scope, plan, timing, reports, health);

    /// <summary>Starts tracking a run, or updates a tracked one; returns whether its schedule changed.</summary>
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
            entry.AloneUntil = TimeSpan.Zero;
            entry.MissingSince = null;
            entry.Status = state.Status;
            PollHealth.Clear(entry);
        }
        else if (state.Status != entry.Status && !entry.Reporting)
        {
            // The grain's status differs from the one last seen, so it lost the report: the next answer is reported whatever it is.
            entry.Fingerprint = 0;
        }

        entry.Update(state);
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

    /// <summary>Handles a hint that the run may have changed.</summary>
    public void Nudge(TrackedRun entry)
    {
        if (entry.InFlight > 0)
        {
            entry.NudgedInFlight = true;
            return;
        }

        if (entry.Failures > 0)
        {
            // A hint does not override the backoff of a failing run.
            return;
        }

        var due = timing.Nudged(entry);
        if (!entry.IsWaiting || entry.Lane != Lane.Interactive || due < entry.Due)
        {
            scope.Schedule.Set(entry, due, Lane.Interactive);
        }
    }

    /// <summary>Records that a poll of the run is sent now.</summary>
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

    /// <summary>Records that a poll of a run has ended.</summary>
    public void Settle(PollTicket ticket, PollAnswer? answer, ulong fingerprint, PollRequest request)
    {
        ticket.Entry.InFlight--;
        Apply(ticket, answer, fingerprint, request);
    }

    /// <summary>Applies the answer to a poll; null if the request was not sent or interrupted.</summary>
    public void Apply(PollTicket ticket, PollAnswer? answer, ulong fingerprint, PollRequest request)
    {
        var entry = ticket.Entry;
        entry.Polls += request.Polls;
        entry.Requests += request.Share;
        if (entry.Forgotten)
        {
            return;
        }

        // The attempt may have changed meanwhile, and a slow answer may have been overtaken by a later one.
        var outdated = entry.Attempt != ticket.Attempt || request.LeftAt < entry.NewestLeftAt;
        if (!outdated)
        {
            switch (answer)
            {
                case PollAnswer.Seen seen:
                    ApplySeen(entry, seen, fingerprint, request);
                    break;
                case PollAnswer.Unchanged when ticket.Known == entry.KnownAnswer:
                    health.Seen(entry, request.LeftAt);
                    PollHealth.Clear(entry);
                    entry.NewestLeftAt = request.LeftAt;
                    break;
                case PollAnswer.NotFound:
                    Failures.NotFound(entry, request);
                    break;
                case PollAnswer.Unusable unusable:
                    Failures.Error(entry, unusable.Error, request);
                    break;
            }
        }

        PlanDeferred(entry);
    }

    private void ApplySeen(TrackedRun entry, PollAnswer.Seen seen, ulong fingerprint, PollRequest request)
    {
        var snapshot = seen.Snapshot;
        var paceChanges = (entry.Status == ExecutionStatus.AwaitingInput) != (snapshot.Status == ExecutionStatus.AwaitingInput);
        health.Seen(entry, request.LeftAt);
        if (snapshot is { UnknownStatus: true, EndedAt: not null })
        {
            health.Unknown(entry, snapshot.RawStatus, request.LeftAt);
        }
        else
        {
            PollHealth.Clear(entry);
        }

        entry.Status = snapshot.Status;
        if (entry.Progress != snapshot.Progress)
        {
            // An equal object is not kept: with 100,000 runs, replacing it at each poll would fill the garbage collector's oldest generation.
            entry.Progress = snapshot.Progress;
        }

        entry.NewestLeftAt = request.LeftAt;
        entry.AnswerHash = seen.Hash;
        if (paceChanges && entry.InFlight == 0)
        {
            plan.Plan(entry, timing.Next(entry), timing.LaneOf(entry));
        }

        var ended = snapshot.Status.IsTerminal();
        if (fingerprint == entry.Fingerprint && !(ended && scope.Clock.Now - entry.ReportedAt >= RepeatEndAfter))
        {
            return;
        }

        if (fingerprint != entry.Fingerprint)
        {
            Measure(entry, snapshot, request);
        }

        entry.Fingerprint = fingerprint;
        var observation = new Observation(snapshot, entry.Attempt, request.SentAt, request.ReceivedAt);
        reports.Add(entry, new LifecycleInput.Observed(observation, entry.Requests, entry.Polls, request.Alone) { Attention = entry.Attention });
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

    private void PlanDeferred(TrackedRun entry)
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
