using Vigil.Grains.Polling;
using Vigil.Grains.Steps;

namespace Vigil.Grains.Executions;

/// <summary>Executes, in order, the effects of a transition that has been stored. Nothing here awaits another component.</summary>
internal sealed partial class EffectExecutor(ExecutionGrain grain, ExecutionServices services, ILogger logger)
{
    private ExecutionTimers? _timers;
    private ExecutionReminder? _reminder;
    private StepFanOut? _steps;
    private bool _watched;
    private ExecutionState? _state;

    public ExecutionReminder Reminder => _reminder ??= new(grain, Self, services.StoreHealth, services.Time, logger);

    public bool IsOverdue => _timers is { IsOverdue: true };

    // Created on use: resolving a reference costs the runtime a lookup of the interface's attributes.
    private IWatchedExecution Self => services.Grains.GetGrain<IWatchedExecution>(grain.GetPrimaryKeyString());

    private ExecutionTimers Timers => _timers ??= new(grain, services.Time);

    private SiloPoller Poller => services.Poller;

    public void Execute(ExecutionState state, ImmutableArray<LifecycleEffect> effects)
    {
        _state = state;
        foreach (var effect in effects)
        {
            Execute(state, effect);
        }

        if (state.Live)
        {
            Timers.KeepWatched(PeriodOf(state));
            Timers.SetWakeTimer();
        }
        else
        {
            Timers.Stop();
        }
    }

    /// <summary>Called at each tick of the poll timer; ensures that the poller is tracking the run. Returns false if the run is not polled.</summary>
    public bool TryKeepWatched()
    {
        Timers.SetWakeTimer();
        if (!_watched)
        {
            return false;
        }

        // The poller compares the grain's state with what it has seen, so it needs the current one.
        Poller.Watch(_state!);
        return true;
    }

    /// <summary>Releases what this activation holds in the poller. The next activation resumes the outstanding work.</summary>
    public void Stop()
    {
        if (_state is { Live: true } state)
        {
            Poller.Forget(state.Connection, state.Id);
        }
    }

    private void Execute(ExecutionState state, LifecycleEffect effect)
    {
        switch (effect)
        {
            case LifecycleEffect.Persist or LifecycleEffect.Send:
                // The write has been made, and the permit is returned to the poller as the answer to its claim.
                break;
            case LifecycleEffect.WakeAt wake:
                Timers.WakeAt(wake.At);
                break;
            case LifecycleEffect.ReportSteps steps:
                (_steps ??= new(services.Grains, Self, services.StoreHealth, logger)).Report(steps.Reports);
                break;
            case LifecycleEffect.RemoveReminder:
                Reminder.Remove();
                break;
            case var _ when services.Connections.TryGet(state.Connection, out _):
                HandToPoller(state, effect);
                break;
            default:
                // The connection was removed from the configuration: the execution waits until it is back, or for its deadline.
                LogConnectionMissing(state.Id, state.Connection);
                break;
        }
    }

    private void HandToPoller(ExecutionState state, LifecycleEffect effect)
    {
        switch (effect)
        {
            case LifecycleEffect.QueueSubmission queue:
                Poller.QueueSubmission(state.Connection, state.Id, queue.NotBefore);
                break;
            case LifecycleEffect.LookForMarker:
                Poller.LookForMarker(state.Connection, state.Request(services.Time.GetUtcNow()));
                break;
            case LifecycleEffect.Watch:
                _watched = true;
                Poller.Watch(state);
                break;
            case LifecycleEffect.Recheck:
                Poller.PollAlone(state);
                break;
            case LifecycleEffect.Unwatch:
                _watched = false;
                Poller.Forget(state.Connection, state.Id);
                break;
            case LifecycleEffect.SendCancel cancel:
                Poller.Cancel(state, cancel.Reason);
                break;
            case LifecycleEffect.FetchDetail:
                Poller.FetchDetail(state);
                break;
            default:
                throw new NotSupportedException($"Effect {effect.GetType().Name} is not supported.");
        }
    }

    // Where runs are polled one by one, the timer sets the cadence; where the poller batches them, it is only a watchdog.
    private TimeSpan PeriodOf(ExecutionState state) =>
        _watched && services.Connections.TryGet(state.Connection, out var connection) && connection.Capabilities is { MaxRunsPerPoll: 1, MaxActivePage: 0 }
            ? connection.Cadence
            : ExecutionTimers.WatchdogPeriod;

    [LoggerMessage(1005, LogLevel.Warning, "Execution {ExecutionId} is on hold: its connection {Connection} is not configured")]
    private partial void LogConnectionMissing(string executionId, string connection);
}
