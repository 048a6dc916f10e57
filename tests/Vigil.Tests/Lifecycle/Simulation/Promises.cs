using Vigil.Grains.Lifecycle;
using Vigil.Platforms;
using Vigil.Storage;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>What the design promises, checked with every step.</summary>
internal sealed class Promises(World world)
{
    /// <summary>The claim that may be used: by whom, and the true time at which it was stored.</summary>
    private (string Silo, DateTimeOffset StoredAt)? _claim;
    private int _starts;
    private int _retriesOfAttempt;
    private bool _mayNotSend;
    private bool _wasSent;
    private DateTimeOffset _watchedSince;
    private int _attemptsHinted;

    /// <summary>Gets the situations that were stored.</summary>
    public HashSet<string> Situations { get; } = [];

    private RemotePlatform Platform => world.Platform;

    /// <summary>Applies the rules for a silo's grain and checks what they say.</summary>
    public Transition Apply(Silo silo, ExecutionState? before, LifecycleInput input, LifecycleContext context)
    {
        Require(context.Now == silo.Clock.GetUtcNow() ? null : "A silo goes by its own clock.");
        var transition = world.Breakage.Rules(before, input, context);
        world.Trace?.Invoke($"{silo.Name}: {Name(input)} -> {string.Join(", ", transition.Effects.Select(effect => effect.GetType().Name))}");
        var after = transition.State;
        Require(TransitionChecks.Broken(before, transition, context) is not { } broken ? null : $"{broken} ({input})");
        var observed = before is null ? null : ClockCorrection.Settle(before, context).ObservedAt;
        Require(before?.Attempt == after.Attempt && after.ObservedAt < observed ? $"An older answer was taken ({input})." : null);
        if (input is LifecycleInput.Tick && transition.Effects is [LifecycleEffect.WakeAt wake] && wake.At <= context.Now)
        {
            Require("A tick that changes nothing leaves nothing that is due, or time would stand still.");
        }

        return transition;
    }

    /// <summary>A start or retry leaves.</summary>
    public void Sent(Silo silo)
    {
        _wasSent = true;
        Require(_mayNotSend ? "Something was sent after the execution had ended unsent." : null);
        Require(_claim is not { } claim || claim.Silo != silo.Name ? "Something was sent without a claim." : null);
        Require(_claim is { } late && world.Now - late.StoredAt > LifecycleLimits.SendWindow ? $"Something was sent {world.Now - late.StoredAt} after its claim." : null);
    }

    /// <summary>The platform has acted on a start, or on a retry.</summary>
    public void Acted(bool isRetry)
    {
        if (isRetry)
        {
            Require(++_retriesOfAttempt > 1 ? "One retry ran twice." : null);
            return;
        }

        Require(Platform.Started.Count() > 1 && !MayRepeat ? "It was started twice." : null);
        _starts++;
    }

    public void Answered(Request request, Execution? answer, VigilException? refusal)
    {
        var row = world.Database.Row;
        Require(answer?.Version > (row?.Version ?? 0) ? $"A caller was told version {answer?.Version}, which is not stored." : null);
        if (request is Request.Start { Hash: var hash })
        {
            Require(refusal is ExecutionConflictException { Code: "key_reused" } == (row?.RequestHash != hash) ? null : "A key was used twice.");
        }

        Require(answer?.Version == row?.Version && answer is not null && answer.Status.IsTerminal() && answer.Status != row!.Status ? "A caller was told an end that is not stored." : null);
        Require(request is Request.Cancel && answer is not null && row is { Cancel: null, Attempt: 1 } ? "A cancellation was answered that is not stored." : null);
    }

    /// <summary>Somebody hints that a finished run runs again. Where nothing can come between, the one look that follows finds it at work.</summary>
    public void Hinted(ExecutionState row, PlatformRun run)
    {
        var soon = world.Now.AddSeconds(10);
        if (world.Scenario is { Fault: 0, LagSeconds: 0, VanishesAfterSeconds: null } && !world.Cluster.Health.Suspended && run.IsRunning(soon) && soon < row.DeadlineAt)
        {
            _attemptsHinted = row.Attempt + 1;
        }
    }

    public void Stored(ExecutionState? before, ExecutionState after, ExecutionWrite write, Silo silo)
    {
        var eventType = write.EventType;
        Situations.Add($"{after.Status}/{after.Submission.Phase}");
        Require(after.Version == (before?.Version ?? 0) + 1 ? null : $"Version {before?.Version} became {after.Version}.");
        Require(write.Version == after.Version && write.Live == after.Live && write.Owner == silo.Name ? null : $"The row says {write}.");
        Require(Table.Situations.IsPossible(after.Status, after.Submission.Phase) ? null : $"{after.Status}/{after.Submission.Phase} is impossible.");
        if (before is not null && before.Attempt == after.Attempt && before.Status.IsTerminal())
        {
            Require(before.Status == after.Status ? null : $"{before.Status} became {after.Status} within an attempt.");
        }

        if (before?.Submission.Open != false && !after.Submission.Open)
        {
            _watchedSince = world.Now;
        }

        _claim = after.Submission.Phase is not SubmissionPhase.Sending ? null
            : after.Submission.Claims == before?.Submission.Claims ? _claim
            : (after.Submission.Silo!, world.Now);
        var ends = after.Status.IsTerminal() && before?.Status.IsTerminal() != true;
        var reopens = before is not null && after.Attempt > before.Attempt;
        Require(ends == (eventType == ExecutionEventTypes.Ended) ? null : $"An end is told when it comes, and then alone: {eventType}.");
        Require(reopens == (eventType == ExecutionEventTypes.Reopened) ? null : $"A further attempt is told when it opens, and then alone: {eventType}.");
        if (reopens)
        {
            _retriesOfAttempt = 0;
            _mayNotSend = false;
        }

        if (ends)
        {
            world.Callers.Ended();
            CheckOutcome(before, after, write.EventAt);
            _mayNotSend = before?.Submission.Phase is SubmissionPhase.Queued;
        }

        if (!after.Live)
        {
            CheckStopped(after);
        }
    }

    public void CheckAtTheEnd()
    {
        if (world.Database.Row is not { } row)
        {
            Require("It was never accepted.");
            return;
        }

        Require(row.Live ? $"It never ends: {row.Status}/{row.Submission.Phase}, pending {row.PendingWork}." : null);
        Require(row.GivenUp.Any(work => work.Reason == VigilReasons.Unanswered) ? "Work was given up though all works." : null);
        Require(world.Cluster.HasReminder ? "Its reminder was left behind." : null);
        Require(world.Database.Writes == row.Version ? null : "Versions count the writes.");
        Require(world.Cluster.IsWatched ? "A poller holds on to what is finished." : null);
        Require(world.IsAtRest ? null : "It never comes to rest.");
        Require(row.Attempt < _attemptsHinted ? "A hint that the run runs again came to nothing." : null);
        foreach (var entry in row.Steps)
        {
            // A step stores its own end before it acknowledges it; what comes before may be lost with its process.
            var known = (entry.Summary.Status.IsTerminal() ? world.Steps.Stored : world.Steps.Told).GetValueOrDefault(entry.Summary.Id);
            Require(known?.Version == entry.Version && known.Snapshot.Status == entry.Summary.Status ? null : $"Step {entry.Summary.Id} was not told its last.");
        }
    }

    private void CheckOutcome(ExecutionState? before, ExecutionState after, DateTimeOffset decidedAt)
    {
        var runs = Platform.Runs;
        var told = runs.Any(run => run.Passages.Any(passage => passage.EndsAt <= world.Now && passage.Outcome == after.Status));
        var explained = after switch
        {
            { Status: ExecutionStatus.Rejected } => Platform.Refusals > 0,
            { Status: ExecutionStatus.Cancelled, RawStatus: null } => world.Callers.WishedToCancel && (_starts == 0 || after.Attempt > 1 || MayRepeat),
            { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.StartUnconfirmed } =>
                after.Submission.Claims > 0 && !world.Scenario.Capabilities.StartMarker && (world.Scenario.Policy is AmbiguousStart.Fail || after.Cancel is not null),
            { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.NotFound } => WasMissing(Platform.NotFounds),
            { Status: ExecutionStatus.Lost, Failure.Reason: VigilReasons.Refused } => WasMissing([.. Platform.NotFounds.Concat(Platform.PollRefusals).Order()]),
            { Status: ExecutionStatus.Abandoned, Failure.Reason: VigilReasons.Deadline } => decidedAt >= after.DeadlineAt,
            { Status: ExecutionStatus.Abandoned } => world.Callers.WishedToAbandon,
            _ => told,
        };
        Require(explained ? null : $"Nothing explains {after.Status} ({after.Failure}).");
        Require(after.Failure?.Reason == VigilReasons.Deadline ? MissedDeadline(after) : null);
        Require(before is { RemoteId: not null, Submission.Open: false } && runs is [var run] && !(run.VanishesAt <= world.Now) ? Missed(run) : null);

        // Of a run that was retried, the end of the last time is the outcome, unless the retry left no trace. Where the platform tells no time of an end,
        // nothing shows that a lagging copy of it told the one before, once the retried run was seen at work.
        if (told && !after.Status.IsConcludedByVigil() && after.RawStatus is not null && runs.Count == 1)
        {
            var last = runs[0].Last;
            var isMisled = !world.Scenario.TellsEnd && Platform.OutdatedEnds.Contains(after.Status);
            Require(last.Outcome == after.Status || isMisled ? null : $"The run ended as {last.Outcome}, not {after.Status}.");
        }
    }

    /// <summary>The deadline goes by the calendar: while clocks are set wrong, it may come when they are set right.</summary>
    private string? MissedDeadline(ExecutionState after)
    {
        var due = world.Scenario.SetsClocks && world.QuietSince > after.DeadlineAt ? world.QuietSince : after.DeadlineAt;
        return world.Now > due.AddMinutes(3) ? $"The deadline was missed by {world.Now - after.DeadlineAt}." : null;
    }

    /// <summary>Once all works, the end of a run that is watched is known soon after it.</summary>
    private string? Missed(PlatformRun run)
    {
        var known = new[] { run.Last.EndsAt, world.QuietSince, _watchedSince }.Max().AddMinutes(2);
        return known < world.Now ? $"The end was missed by {world.Now - known}." : null;
    }

    private bool MayRepeat => world.Scenario is { Policy: AmbiguousStart.Resubmit, Capabilities.StartMarker: false };

    private static bool WasMissing(List<DateTimeOffset> times) => times.Count >= LifecycleLimits.NotFoundPolls
        && times[^1] - times[0] > LifecycleLimits.NotFoundConfirmation - TimeSpan.FromSeconds(1);

    /// <summary>When nothing is left to do, no run goes on that should have been stopped.</summary>
    private void CheckStopped(ExecutionState after)
    {
        var shouldStop = after.Status.IsConcludedByVigil() && after.Failure?.Reason != VigilReasons.NotFound && world.Scenario.Capabilities.Cancel && world.Scenario.CancelOnAbandon;
        var canBeKnown = after.RemoteId is not null || (world.Scenario.Capabilities.StartMarker && _wasSent);
        var goesOn = Platform.Runs is [var run] && run.IsRunning(world.Now) && run.Last.CancelRequests == 0;
        Require(shouldStop && canBeKnown && goesOn && after.GivenUp.All(work => work.Work != PendingWork.CancelRemote) ? "A run goes on that should have been stopped." : null);
    }

    private void Require(string? broken)
    {
        if (broken is not null)
        {
            world.Break(broken);
        }
    }

    private static string Name(LifecycleInput input) => input switch
    {
        LifecycleInput.Observed { Observation: var seen } => $"Observed {seen.Attempt}:{seen.Snapshot.Status} sent {(seen.SentAt - Life.Epoch).TotalSeconds:F3}",
        LifecycleInput.Start => "Start",
        _ => input.ToString(),
    };
}
