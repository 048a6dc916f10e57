using Orleans.Storage;
using Vigil.Grains.Lifecycle;

namespace Vigil.Grains.Executions;

/// <summary>The execution as the poller, the audit, its steps, its timers and its reminder see it.</summary>
internal sealed partial class ExecutionGrain : IWatchedExecution, IRemindable
{
    public async Task<SendPermit?> ClaimAsync(string silo)
    {
        // Read before the claim: a read that fails leaves the start as it was, and certainly not sent.
        var input = State is { Submission: { Phase: SubmissionPhase.Queued or SubmissionPhase.Sending, IsRetry: false } }
            ? await services.InputOfAsync(Id)
            : null;
        var effects = await ApplyAsync(new LifecycleInput.Claim(silo));
        return effects.Any(effect => effect is LifecycleEffect.Send) ? Requests.PermitOf(State!, input, services.Time.GetUtcNow()) : null;
    }

    public async Task SubmittedAsync(SubmitReport report)
    {
        try
        {
            await ApplyAsync(report switch
            {
                { MarkerNotFound: true } => new LifecycleInput.MarkerNotFound(report.SentAt, report.Error),
                { Confirmed: { } submitted } => new LifecycleInput.Confirmed(report.ClaimNumber, submitted, report.SentAt, report.ReceivedAt),
                { Error: { } error } => new LifecycleInput.SubmitFailed(report.ClaimNumber, error),
                _ => new LifecycleInput.NotSent(report.ClaimNumber),
            });
        }
        catch (InconsistentStateException e) when (StartRules.WatcherOf(e) is { } other && State is { } state)
        {
            // A run has one execution, and somebody adopted this one before its start was confirmed.
            await ApplyAsync(new LifecycleInput.SubmitFailed(state.Submission.Claims, StartRules.RunAdopted(other)));
        }
    }

    public Task ObserveAsync(PollReport report) => ApplyAsync(report switch
    {
        { Seen: { } seen } => new LifecycleInput.Observed(
            new(seen, report.Attempt, report.SentAt, report.ReceivedAt), report.Requests, report.Polls, report.Alone),
        { Error: { } error } => new LifecycleInput.PollFailed(report.Attempt, report.SentAt, error, report.Requests, report.Polls),
        _ => new LifecycleInput.NotFound(report.Attempt, report.SentAt, report.Alone, report.Requests, report.Polls),
    });

    public Task CancelAnsweredAsync(int attempt, PlatformError? error) => ApplyAsync(new LifecycleInput.CancelAnswered(attempt, error));

    public Task DetailFailedAsync(PlatformError error) => ApplyAsync(new LifecycleInput.WorkFailed(PendingWork.Detail, $"{error.Code}: {error.Message}"));

    public Task StepsAcknowledgedAsync(ImmutableDictionary<string, long> versions) => ApplyAsync(new LifecycleInput.StepsAcknowledged(versions));

    public Task ReminderChangedAsync(bool registered) =>
        ApplyAsync(registered ? new LifecycleInput.ReminderRegistered() : new LifecycleInput.WorkDone(PendingWork.Reminder));

    public Task WakeAsync()
    {
        if (State is not { Live: true } state)
        {
            // The caller saw a live row: if this activation's state differs from it, the next activation reads it again.
            DeactivateOnIdle();
            return Task.CompletedTask;
        }

        // The caller may have read a row that names another silo.
        services.Owners.Note(state.Id);
        return IsHealthy(state) ? Task.CompletedTask : ResumeAsync(state);
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (State is null)
        {
            Effects.Reminder.Remove();
            return;
        }

        if (!State.HasReminder)
        {
            // It was registered just before a crash, so the state does not know of it.
            await ApplyAsync(new LifecycleInput.ReminderRegistered());
        }

        await WakeAsync();
    }

    /// <summary>The wake timer's tick.</summary>
    public Task TickAsync() => State is { Live: true } ? ApplyAsync(new LifecycleInput.Tick()) : Task.CompletedTask;

    /// <summary>The poll timer's tick.</summary>
    public Task KeepWatchedAsync()
    {
        if (State is not { Live: true } state)
        {
            return Task.CompletedTask;
        }

        Effects.Reminder.EnsureRegistered(state);

        // A clock jump must not be mistaken for a submit that never answered.
        if (Effects.IsOverdue && state.Submission.Phase is not SubmissionPhase.Sending)
        {
            return TickAsync();
        }

        return Effects.TryKeepWatched() || IsHealthy(state) ? Task.CompletedTask : ResumeAsync(state);
    }

    // What is left after the end is repeated by the wake timer; before it, the poller must know of the start or the run.
    private bool IsHealthy(ExecutionState state) => state.Status.IsTerminal() || services.Poller.Knows(state.Connection, state.Id);

    private async Task ResumeAsync(ExecutionState state)
    {
        var claimantIsActive = state.Submission.Silo is { } silo && services.Members.MayAnswer(silo);
        var storedSteps = Finishing.StepsToTell(state) is PendingWork.None ? ImmutableDictionary<string, long>.Empty : await services.StoredStepsAsync(Id);
        await ApplyAsync(new LifecycleInput.Woken(services.Members.Self, claimantIsActive, storedSteps));
    }

    private void WakeNextActivation() => _ = WakeAsync(this.AsReference<IWatchedExecution>());

    private async Task WakeAsync(IWatchedExecution next)
    {
        try
        {
            await next.WakeAsync();
        }
        catch (Exception e)
        {
            LogNotWoken(Id, e);
        }
    }
}
