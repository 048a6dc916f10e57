namespace Orleans.Runtime;

/// <summary>
/// One grain's life in memory. Here: its queue and its turns. A request runs when no other does, or when it interleaves, or when only
/// interleaving ones are running.
/// </summary>
internal sealed partial class Activation : IGrainContext
{
    private const int RequestsPerTurn = 64;

    private readonly List<Request> _waiting = [];
    private readonly List<Request> _running = [];
    private readonly ActivationScheduler _scheduler;
    private Request? _blocking;
    private bool _isPumpQueued;
    private long _lastUse;

    public Activation(Silo silo, GrainClass grainClass, GrainId grainId)
    {
        Silo = silo;
        Class = grainClass;
        GrainId = grainId;
        _scheduler = new(this);
        _lastUse = silo.Time.GetTimestamp();
    }

    public Silo Silo { get; }

    public GrainClass Class { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _scope!.Value.ServiceProvider;

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override string ToString() => $"[Activation: {Silo.SiloAddress}/{GrainId} {_state}]";

    /// <summary>Takes a request, whose turn comes later.</summary>
    public void Receive(Request request)
    {
        lock (_waiting)
        {
            if (_state != ActivationState.Invalid)
            {
                _waiting.Add(request);
                QueuePump();
                return;
            }
        }

        Dismiss(request);
    }

    /// <summary>Runs something in turns that interleave with all others.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) => RuntimeContext.Unflowed(() =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap());

    /// <summary>Runs something in a turn that interleaves with all others.</summary>
    public Task RunAsync(Action work) => RuntimeContext.Unflowed(() =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler));

    /// <summary>Takes notice of a failure that a request let escape.</summary>
    public void OnFailure(Exception failure)
    {
        // The state in memory is doubtful now. Once: the exception may travel through other grains, which are not to blame.
        if (failure is Storage.InconsistentStateException { IsSourceActivation: true } inconsistent)
        {
            inconsistent.IsSourceActivation = false;
            Deactivate(new(DeactivationReasonCode.ApplicationError, failure.ToString()));
        }
    }

    /// <summary>Ends the life at once because its silo is gone, and fails whoever waits for it.</summary>
    public void Abort(Exception failure)
    {
        List<Request> requests;
        lock (_waiting)
        {
            _state = ActivationState.Invalid;
            Reason = new(DeactivationReasonCode.RuntimeRequested, failure, "The silo is gone.");
            requests = TakeAll();
        }

        _deactivated.TrySetResult();
        requests.ForEach(Dismiss);
    }

    // Callers hold the lock.
    private void QueuePump()
    {
        if (!_isPumpQueued)
        {
            _isPumpQueued = true;
            _ = RunAsync(Pump);
        }
    }

    private void Pump()
    {
        lock (_waiting)
        {
            _isPumpQueued = false;
        }

        for (var i = 0; i < RequestsPerTurn; i++)
        {
            if (BeginOrEndLife() || TakeNext() is not { } request)
            {
                return;
            }

            var work = request.RunAsync(this);
            if (work.IsCompleted)
            {
                OnDone(request);
            }
            else
            {
                _ = FinishAsync(request, work);
            }
        }

        PumpAgain();
    }

    private async Task FinishAsync(Request request, Task work)
    {
        await work;
        OnDone(request);
        Pump();
    }

    private void PumpAgain()
    {
        lock (_waiting)
        {
            QueuePump();
        }
    }

    private Request? TakeNext()
    {
        lock (_waiting)
        {
            for (var i = 0; i < _waiting.Count; i++)
            {
                var request = _waiting[i];
                if (!IsAccepted(request))
                {
                    return null;
                }

                if (_blocking is null || request.Interleaves)
                {
                    _waiting.RemoveAt(i);
                    _running.Add(request);
                    _blocking ??= request.Interleaves ? null : request;
                    return request;
                }
            }

            return null;
        }
    }

    private void OnDone(Request request)
    {
        lock (_waiting)
        {
            _running.Remove(request);
            if (_blocking == request)
            {
                _blocking = null;
            }

            if (request.KeepsAlive)
            {
                _lastUse = Silo.Time.GetTimestamp();
            }
        }
    }

    private List<Request> TakeAll()
    {
        lock (_waiting)
        {
            List<Request> all = [.. _running, .. _waiting];
            _waiting.Clear();
            return all;
        }
    }
}
