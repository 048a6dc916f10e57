using Orleans.Storage;

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
        var effects = await ChangeAsync(new LifecycleInput.Claim(silo));
        return effects.Any(effect => effect is LifecycleEffect.Send) ? State!.Permit(input, services.Time.GetUtcNow()) : null;
    }

    public async Task ApplyAsync(LifecycleInput.Report report)
    {
        try
        {
            await ChangeAsync(report);
        }
        catch (InconsistentStateException e) when (report is LifecycleInput.Confirmed && StartRules.WatcherOf(e) is { } other && State is { } state)
        {
            // A run has one execution, and somebody adopted this one before its start was confirmed.
            await ChangeAsync(new LifecycleInput.SubmitFailed(state.Submission.Claims, StartRules.RunAdopted(other)));
        }
    }

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
            await ChangeAsync(new LifecycleInput.ReminderRegistered());
        }

        await WakeAsync();
    }

    /// <summary>The wake timer's tick.</summary>
    public Task TickAsync() => State is { Live: true } ? ChangeAsync(new LifecycleInput.Tick()) : Task.CompletedTask;

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
        await ChangeAsync(new LifecycleInput.Woken(services.Members.Self, claimantIsActive, storedSteps));
    }

    private void WakeNextActivation() => _ = WakeAsync(services.Grains.GetGrain<IWatchedExecution>(Id));

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
