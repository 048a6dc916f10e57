using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>What the design promises, checked with every step.</summary>
internal sealed class Promises(World world)
{
    private int _starts;
    private int _retriesOfAttempt;
    private bool _mayNotSend;
    private bool _wasSent;
    private DateTimeOffset _watchedSince;

    /// <summary>Gets the situations that were stored.</summary>
    public HashSet<string> Situations { get; } = [];

    public void Applied(ExecutionState? before, LifecycleInput input, Transition transition, LifecycleContext context)
    {
        var after = transition.State;
        Require(TransitionChecks.Broken(before, transition, context) is not { } broken ? null : $"{broken} ({input})");
        Require(before?.Attempt == after.Attempt && after.ObservedAt < before.ObservedAt ? $"An older answer was taken ({input})." : null);
        if (input is LifecycleInput.Tick && transition.Effects is [LifecycleEffect.WakeAt wake] && wake.At <= world.Now)
        {
            Require("A tick that changes nothing leaves nothing that is due, or time would stand still.");
        }
    }

    /// <summary>A start or retry leaves.</summary>
    public void Sent()
    {
        _wasSent = true;
        Require(_mayNotSend ? "Something was sent after the execution had ended unsent." : null);
    }

    /// <summary>The platform has acted on a start, or on a retry.</summary>
    public void Acted(bool isRetry)
    {
        if (isRetry)
        {
            Require(++_retriesOfAttempt > 1 ? "One retry ran twice." : null);
            return;
        }

        var mayRepeat = world.Scenario is { Policy: AmbiguousStart.Resubmit, Capabilities.StartMarker: false };
        Require(world.Platform.Started.Count() > 1 && !mayRepeat ? "It was started twice." : null);
        _starts++;
    }

    public void Answered(LifecycleInput input, Answer answer)
    {
        if (input is LifecycleInput.Start { RequestHash: var hash } && answer.IsKnown)
        {
            var isRefused = answer.Refusal is ExecutionConflictException { Code: "key_reused" };
            Require(isRefused == (world.Store.Row!.RequestHash != hash) ? null : "A key was used twice.");
        }
    }

    public void Stored(ExecutionState? before, ExecutionState after, LifecycleEffect.Persist write)
    {
        Situations.Add($"{after.Status}/{after.Submission.Phase}");
        Require(after.Version == (before?.Version ?? 0) + 1 ? null : $"Version {before?.Version} became {after.Version}.");
        Require(Table.Situations.IsPossible(after.Status, after.Submission.Phase) ? null : $"{after.Status}/{after.Submission.Phase} is impossible.");
        if (before is not null && before.Attempt == after.Attempt && before.Status.IsTerminal())
        {
            Require(before.Status == after.Status ? null : $"{before.Status} became {after.Status} within an attempt.");
        }

        if (before?.Submission.Open != false && !after.Submission.Open)
        {
            _watchedSince = world.Now;
        }

        var ends = after.Status.IsTerminal() && before?.Status.IsTerminal() != true;
        var reopens = before is not null && after.Attempt > before.Attempt;
        Require(ends == (write.EventType == ExecutionEventTypes.Ended) ? null : $"An end is told when it comes, and then alone: {write.EventType}.");
        Require(reopens == (write.EventType == ExecutionEventTypes.Reopened) ? null : $"A further attempt is told when it opens, and then alone: {write.EventType}.");
        if (reopens)
        {
            _retriesOfAttempt = 0;
            _mayNotSend = false;
        }

        if (ends)
        {
            CheckOutcome(before, after);
            _mayNotSend = before?.Submission.Phase is SubmissionPhase.Queued;
        }

        if (!after.Live)
        {
            CheckStopped(after);
        }
    }

    public void CheckAtTheEnd()
    {
        var row = world.Store.Row;
        Require(row is not null ? null : "It was never accepted.");
        Require(row!.Live ? $"It never ends: {row.Status}/{row.Submission.Phase}, pending {row.PendingWork}." : null);
        Require(row.GivenUp.Any(work => work.Reason == VigilReasons.Unanswered) ? "Work was given up though all works." : null);
        Require(world.Cluster.HasReminder && row.GivenUp.All(work => work.Work != PendingWork.Reminder) ? "Its reminder was left behind." : null);
        Require(row.Status is ExecutionStatus.Abandoned && row.Failure!.Reason == VigilReasons.Deadline && row.EndedAt > row.DeadlineAt.AddMinutes(3)
            ? $"The deadline was missed by {row.EndedAt - row.DeadlineAt}." : null);
        Require(world.Store.Writes == row.Version ? null : "Versions count the writes.");
        foreach (var entry in row.Steps)
        {
            var known = world.Steps.Known.GetValueOrDefault(entry.Summary.Id);
            Require(known?.Version == entry.Version && known.Snapshot.Status == entry.Summary.Status ? null : $"Step {entry.Summary.Id} was not told its last.");
        }
    }

    private void CheckOutcome(ExecutionState? before, ExecutionState after)
    {
        var runs = world.Platform.Runs;
        var told = runs.Any(run => run.Passages.Any(passage => passage.EndsAt <= world.Now && passage.Outcome == after.Status));
        var explained = after switch
        {
            { Status: ExecutionStatus.Rejected } => world.Platform.Refusals > 0,
            { Status: ExecutionStatus.Cancelled, RawStatus: null } => world.Callers.WishedToCancel && (_starts == 0 || after.Attempt > 1 || MayRepeat),
            { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.StartUnconfirmed } =>
                after.Submission.Claims > 0 && !world.Scenario.Capabilities.StartMarker && (world.Scenario.Policy is AmbiguousStart.Fail || after.Cancel is not null),
            { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.NotFound } => WasNotFoundTwice(),
            { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.Refused } => world.Platform.PollRefusals > 0,
            { Status: ExecutionStatus.Abandoned, Failure.Reason: VigilReasons.Deadline } => world.Now >= after.DeadlineAt,
            { Status: ExecutionStatus.Abandoned } => world.Callers.WishedToAbandon,
            _ => told,
        };
        Require(explained ? null : $"Nothing explains {after.Status} ({after.Failure}).");
        Require(before is { RemoteId: not null, Submission.Open: false } && runs is [var run] && !(run.VanishesAt <= world.Now) ? Missed(run) : null);

        // Of a run that was retried, the end of the last time is the outcome, unless the retry left no trace.
        if (told && !after.Status.IsConcludedByVigil() && after.RawStatus is not null && runs.Count == 1)
        {
            var last = runs[0].Last;
            Require(last.Outcome == after.Status || world.Now < last.BeginsAt.AddSeconds(world.Scenario.LagSeconds + 25) ? null : $"The run ended as {last.Outcome}, not {after.Status}.");
        }
    }

    /// <summary>Once all works, the end of a run that is watched is known soon after it.</summary>
    private string? Missed(RemoteRun run)
    {
        var known = new[] { run.Last.EndsAt, world.QuietSince, _watchedSince }.Max().AddMinutes(2);
        return known < world.Now ? $"The end was missed by {world.Now - known}." : null;
    }

    private bool MayRepeat => world.Scenario is { Policy: AmbiguousStart.Resubmit, Capabilities.StartMarker: false };

    private bool WasNotFoundTwice() => world.Platform.NotFounds is [var first, ..] all && all[^1] - first > LifecycleLimits.NotFoundConfirmation - TimeSpan.FromSeconds(1);

    /// <summary>When nothing is left to do, no run goes on that should have been stopped.</summary>
    private void CheckStopped(ExecutionState after)
    {
        var shouldStop = after.Status.IsConcludedByVigil() && after.Failure?.Reason != VigilReasons.NotFound && world.Scenario.Capabilities.Cancel && world.Scenario.CancelOnAbandon;
        var canBeKnown = after.RemoteId is not null || (world.Scenario.Capabilities.StartMarker && _wasSent);
        var goesOn = world.Platform.Runs is [var run] && run.IsRunning(world.Now) && run.Last.CancelRequests == 0;
        Require(shouldStop && canBeKnown && goesOn && after.GivenUp.All(work => work.Work != PendingWork.CancelRemote) ? "A run goes on that should have been stopped." : null);
    }

    private void Require(string? broken)
    {
        if (broken is not null)
        {
            throw new BrokenPromiseException($"{broken} {world.Scenario}");
        }
    }
}
