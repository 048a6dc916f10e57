using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

internal enum ActivationState
{
    Creating,
    Activating,
    Valid,
    Deactivating,
    Invalid,
}

/// <summary>One grain's life in memory. Here: how it begins and ends.</summary>
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ActivationState _state;
    private AsyncServiceScope? _scope;
    private CancellationTokenSource? _activating;
    private DateTimeOffset _keepUntil;
    private bool _wasValid;
    private bool _isInTransition;
    private bool _isMigrating;

    public Task Deactivated => _deactivated.Task;

    public bool IsEnded => _state == ActivationState.Invalid;

    private DeactivationReason Reason { get; set; }

    private CancellationToken HurryToken { get; set; }

    /// <summary>Begins the life although no request waits.</summary>
    public void Begin() => PumpAgain();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        lock (_waiting)
        {
            if (_state is ActivationState.Deactivating or ActivationState.Invalid)
            {
                return;
            }

            Reason = deactivationReason;
            HurryToken = cancellationToken;
            _wasValid = _state == ActivationState.Valid;
            _state = ActivationState.Deactivating;
            _ = _activating?.CancelAsync();
            QueuePump();
        }
    }

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default)
    {
        _isMigrating = true;
        Deactivate(new(DeactivationReasonCode.Migrating, "Migrating to a new location."), cancellationToken);
    }

    public void DelayDeactivation(TimeSpan time) =>
        _keepUntil = time == Timeout.InfiniteTimeSpan || time == TimeSpan.MaxValue ? DateTimeOffset.MaxValue : Silo.Time.GetUtcNow() + time;

    /// <summary>Ends the activation if nobody has used it for long enough.</summary>
    public void CollectIfIdle()
    {
        lock (_waiting)
        {
            var isBusy = _state != ActivationState.Valid || _running.Count > 0 || _waiting.Count > 0;
            if (isBusy || _keepUntil > Silo.Time.GetUtcNow() || Silo.Time.GetElapsedTime(_lastUse) < Silo.CollectionAge(Class))
            {
                return;
            }

            Deactivate(new(DeactivationReasonCode.ActivationIdle, "Nobody used the activation for its collection age."));
        }
    }

    // While the life ends, what belongs to this activation alone still has its turn; all else waits for the next activation.
    private bool IsAccepted(Request request) =>
        _state == ActivationState.Valid || (_state == ActivationState.Deactivating && request.IsLocal);

    /// <summary>Takes the step in life that is due. True while such a step is under way, since nothing runs beside it.</summary>
    private bool BeginOrEndLife()
    {
        lock (_waiting)
        {
            if (_isInTransition)
            {
                return true;
            }

            if (_state == ActivationState.Creating)
            {
                _state = ActivationState.Activating;
                _isInTransition = true;
                _ = ActivateAsync();
            }
            else if (_state == ActivationState.Deactivating && _running.Count == 0)
            {
                _isInTransition = true;
                _ = EndAsync();
            }

            return _isInTransition;
        }
    }

    private async Task ActivateAsync()
    {
        // Not within the lock of the caller.
        await Task.Yield();
        try
        {
            _activating = new CancellationTokenSource(Silo.CollectionOptions.ActivationTimeout, Silo.Time);
            var cancellationToken = _activating.Token;
            _scope = Silo.Services.CreateAsyncScope();
            GrainInstance = Class.Create(this);
            await Task.WhenAll(_states.Select(state => state.LoadAsync()));
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(cancellationToken).WaitAsync(cancellationToken);
            }

            lock (_waiting)
            {
                if (_state == ActivationState.Activating)
                {
                    _state = ActivationState.Valid;
                    _lastUse = Silo.Time.GetTimestamp();
                }
            }
        }
        catch (Exception failure)
        {
            Silo.Log.LogError(failure, "{Activation} did not come to life", this);
            Deactivate(new(DeactivationReasonCode.ActivationFailed, failure, "Failed to activate grain."));
        }

        lock (_waiting)
        {
            _activating?.Dispose();
            _activating = null;
            _isInTransition = false;
            QueuePump();
        }
    }

    private async Task EndAsync()
    {
        await Task.Yield();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(HurryToken);
        timeout.CancelAfter(Silo.CollectionOptions.DeactivationTimeout);
        DisposeTimers();
        var isClean = await TellGrainAsync(timeout.Token);
        var successor = _isMigrating && isClean ? Silo.Cluster.PlaceSuccessor(this) : null;
        Silo.Cluster.Replace(this, successor);

        List<Request> waiting;
        lock (_waiting)
        {
            _state = ActivationState.Invalid;
            waiting = TakeAll();
        }

        await DisposeGrainAsync();
        _deactivated.TrySetResult();
        waiting.ForEach(Dismiss);
        successor?.Begin();
    }

    private async Task<bool> TellGrainAsync(CancellationToken cancellationToken)
    {
        if (!_wasValid || GrainInstance is not IGrainBase grain)
        {
            return _wasValid;
        }

        try
        {
            await grain.OnDeactivateAsync(Reason, cancellationToken).WaitAsync(cancellationToken);
            return true;
        }
        catch (Exception failure)
        {
            Silo.Log.LogError(failure, "{Activation} failed in OnDeactivateAsync", this);
            return false;
        }
    }

    private async Task DisposeGrainAsync()
    {
        try
        {
            if (GrainInstance is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                (GrainInstance as IDisposable)?.Dispose();
            }

            await (_scope?.DisposeAsync() ?? default);
        }
        catch (Exception failure)
        {
            Silo.Log.LogWarning(failure, "{Activation} could not be disposed", this);
        }
    }

    // Requests that waited for a grain which did not come to life share its failure; the others go to its next activation.
    private void Dismiss(Request request)
    {
        if (request is not Call call)
        {
            return;
        }

        if (Reason.Exception is { } failure)
        {
            call.Reject(failure);
        }
        else
        {
            call.Forward(Silo.MaxForwardCount);
        }
    }
}
