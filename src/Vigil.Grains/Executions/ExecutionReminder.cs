namespace Vigil.Grains.Executions;

/// <summary>
/// The reminder that backs up the audit. Short runs have none, because each reminder costs a row. It is registered and removed outside of the grain's
/// turns, and the result comes back as a call.
/// </summary>
internal sealed partial class ExecutionReminder(ExecutionGrain grain, IWatchedExecution self, StoreHealth store, TimeProvider time, ILogger logger)
{
    public const string Name = "watch";
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private bool _busy;

    /// <summary>Registers the reminder once the execution is old enough; a failure is retried at the next call.</summary>
    public void EnsureRegistered(ExecutionState state)
    {
        if (!_busy && !store.IsFailing && state is { HasReminder: false } && !state.Status.IsTerminal() && time.GetUtcNow() - state.AcceptedAt >= LifecycleLimits.ReminderAge)
        {
            _ = RunAsync("registered", () => grain.RegisterOrUpdateReminder(Name, Period, Period), new LifecycleInput.ReminderRegistered());
        }
    }

    /// <summary>Removes the reminder; the rules repeat this until the removal is confirmed.</summary>
    public void Remove()
    {
        if (!_busy)
        {
            _ = RunAsync("removed", RemoveAsync, new LifecycleInput.WorkDone(PendingWork.Reminder));
        }
    }

    private async Task RemoveAsync()
    {
        if (await grain.GetReminder(Name) is { } reminder)
        {
            await grain.UnregisterReminder(reminder);
        }
    }

    private async Task RunAsync(string change, Func<Task> changeAsync, LifecycleInput.Report report)
    {
        _busy = true;
        try
        {
            await changeAsync();
            await self.ApplyAsync(report);
        }
        catch (Exception e)
        {
            LogReminderFailed(store.FailureLevel, change, e);
        }
        finally
        {
            _busy = false;
        }
    }

    [LoggerMessage(EventId = 1003, Message = "A reminder could not be {Change}; this is retried")]
    private partial void LogReminderFailed(LogLevel level, string change, Exception exception);
}
