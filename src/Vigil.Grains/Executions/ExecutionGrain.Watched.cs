using Orleans.Storage;

namespace Vigil.Grains.Executions;

/// <summary>The execution as the poller, the audit, its steps, its timers and its reminder see it.</summary>
internal sealed partial class ExecutionGrain : IWatchedExecution, IRemindable
{
    public async Task<SendPermit?> ClaimAsync(string silo)
    {
        // Read before claiming, so that a failed read leaves the start queued and certainly unsent.
        var start = State is { Submission: { Phase: SubmissionPhase.Queued or SubmissionPhase.Sending, IsRetry: false } }
            ? await services.StartOfAsync(Id)
            : ImmutableDictionary<string, string>.Empty;
        var effects = await ChangeAsync(new LifecycleInput.Claim(silo));
        return effects.Any(effect => effect is LifecycleEffect.Send) ? State!.Permit(
            start.GetValueOrDefault(Payload.Input), start.GetValueOrDefault(Payload.Options), services.Time.GetUtcNow()) : null;
    }

    public async Task ApplyAsync(LifecycleInput.Report report)
    {
        try
        {
            await ChangeAsync(report);
        }
        catch (InconsistentStateException e) when (report is LifecycleInput.Confirmed && StartRules.WatcherOf(e) is { } other && State is { } state)
        {
            // A run belongs to one execution, and this run was adopted by another before its start was confirmed.
            await ChangeAsync(new LifecycleInput.SubmitFailed(state.Submission.Claims, StartRules.RunAdopted(other), services.Time.GetUtcNow()));
        }
    }

    public Task WakeAsync()
    {
        if (State is not { Live: true } state)
        {
            // The caller saw a live row. If this activation disagrees with it, the next activation reads it again.
            DeactivateOnIdle();
            return Task.CompletedTask;
        }

        // The row that the caller read may name another silo as the owner.
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
            // It was registered just before a crash, so the state does not record it.
            await ChangeAsync(new LifecycleInput.ReminderRegistered());
        }

        await WakeAsync();
    }

    public Task TickAsync() => State is { Live: true } ? ChangeAsync(new LifecycleInput.Tick()) : Task.CompletedTask;

    public Task KeepWatchedAsync()
    {
        if (State is not { Live: true } state)
        {
            return Task.CompletedTask;
        }

        Effects.Reminder.EnsureRegistered(state);

        // While a start is being sent, a clock jump must not be mistaken for a missing answer.
        if (Effects.IsOverdue && state.Submission.Phase is not SubmissionPhase.Sending)
        {
            return TickAsync();
        }

        return Effects.TryKeepWatched() || IsHealthy(state) ? Task.CompletedTask : ResumeAsync(state);
    }

    // After the end, the wake timer repeats pending work; before it, the poller must know the start or the run.
    private bool IsHealthy(ExecutionState state) => state.Status.IsTerminal() || services.Poller.Knows(state.Connection, state.Id);

    private async Task ResumeAsync(ExecutionState state)
    {
        if (services.Cluster.IsElsewhere(state.Connection))
        {
            // Not by migration: if this activation is itself migrating from the other silo, each side would wait for the other to finish.
            DeactivateOnIdle();
            _ = WakeNextActivationAsync(state.Connection);
            return;
        }

        var claimantIsActive = state.Submission.Silo is { } silo && services.Members.MayAnswer(silo);
        var storedSteps = Finishing.StepsToReport(state) is PendingWork.None ? ImmutableDictionary<string, long>.Empty : await services.StoredStepsAsync(Id);
        await ChangeAsync(new LifecycleInput.Woken(services.Members.Self, claimantIsActive, storedSteps));
    }

    private void WakeNextActivation(Exception failure, string connection)
    {
        if (failure is InconsistentStateException)
        {
            // Another activation wrote first, so the store works and what it holds is to be read now.
            _ = WakeNextActivationAsync(connection);
        }
        else
        {
            services.Wakes.AddLater(new(Id, connection, Owner: null));
        }
    }

    private async Task WakeNextActivationAsync(string connection)
    {
        RequestContext.Set(ConnectionKey.PlacementHint, connection);
        try
        {
            await services.Grains.GetGrain<IWatchedExecution>(Id).WakeAsync();
        }
        catch (Exception e)
        {
            LogNotWoken(Id, e);
        }
    }
}
