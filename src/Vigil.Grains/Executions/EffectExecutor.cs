using Vigil.Grains.Polling;
using Vigil.Grains.Steps;

namespace Vigil.Grains.Executions;

/// <summary>Carries out, in order, what the rules decided and a write has made true. Nothing here awaits anyone.</summary>
internal sealed partial class EffectExecutor(ExecutionGrain grain, ExecutionServices services, ILogger logger)
{
    private ExecutionTimers? _timers;
    private ExecutionReminder? _reminder;
    private StepFanOut? _steps;
    private bool _watched;
    private ExecutionState? _state;

    public ExecutionReminder Reminder => _reminder ??= new(grain, Self, services.Time, logger);

    /// <summary>Gets a value indicating whether what has its time was missed.</summary>
    public bool IsOverdue => _timers is { IsOverdue: true };

    // Made where it is needed: it costs the runtime a look at the interface's attributes.
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

    /// <summary>Does what each tick of the poll timer does: the poller tracks the run and polls it in time. False where nothing is to be polled.</summary>
    public bool TryKeepWatched()
    {
        Timers.SetWakeTimer();
        if (!_watched)
        {
            return false;
        }

        // The poller compares what the grain believes with what it has seen, so it is told the state as it is now.
        Poller.Watch(_state!);
        return true;
    }

    /// <summary>Ends what belongs to this activation. The next one, wherever it is, takes up what is left.</summary>
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
                // The write has been made, and the permit goes back to the poller as the answer to its claim.
                break;
            case LifecycleEffect.WakeAt wake:
                Timers.WakeAt(wake.At);
                break;
            case LifecycleEffect.TellSteps tell:
                (_steps ??= new(services.Grains, Self, logger)).Tell(tell.Reports);
                break;
            case LifecycleEffect.RemoveReminder:
                Reminder.Remove();
                break;
            case var _ when services.Connections.TryGet(state.Connection, out _):
                HandOver(state, effect);
                break;
            default:
                // It was removed from the configuration: the execution waits for its return, or for its own deadline.
                LogConnectionMissing(state.Id, state.Connection);
                break;
        }
    }

    private void HandOver(ExecutionState state, LifecycleEffect effect)
    {
        switch (effect)
        {
            case LifecycleEffect.QueueSubmission queue:
                Poller.QueueSubmission(state.Connection, state.Id, queue.NotBefore);
                break;
            case LifecycleEffect.LookForMarker:
                Poller.LookForMarker(state.Connection, state.Request(input: null, services.Time.GetUtcNow()));
                break;
            case LifecycleEffect.Watch:
                _watched = true;
                Poller.Watch(state);
                break;
            case LifecycleEffect.ConfirmNotFound confirm:
                Poller.PollAlone(state, confirm.At);
                break;
            case LifecycleEffect.LookAgain:
                Poller.PollAlone(state, services.Time.GetUtcNow());
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
                throw new NotSupportedException($"Nobody carries out {effect.GetType().Name}.");
        }
    }

    // Where runs are asked for one by one the timer is the clock; where the poller merges requests it is a watchdog only.
    private TimeSpan PeriodOf(ExecutionState state) =>
        _watched && services.Connections.TryGet(state.Connection, out var connection) && connection.Capabilities is { MaxRunsPerPoll: 1, MaxActivePage: 0 }
            ? connection.Cadence
            : ExecutionTimers.WatchdogPeriod;

    [LoggerMessage(1005, LogLevel.Warning, "Execution {ExecutionId} waits: its connection {Connection} is not configured")]
    private partial void LogConnectionMissing(string executionId, string connection);
}
