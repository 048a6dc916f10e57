using System.Collections.Concurrent;

namespace Orleans.Runtime;

/// <summary>The observers of this process. They are held weakly; a call to one that is gone is swallowed, as Orleans does.</summary>
internal sealed class ObserverDirectory
{
    private static readonly GrainType ObserverType = GrainType.Create("sys.client");

    private readonly ConcurrentDictionary<GrainId, Observer> _observers = new();

    public GrainId Add(object target)
    {
        var id = GrainId.Create(ObserverType, Guid.NewGuid().ToString("N"));
        _observers[id] = new(target);
        return id;
    }

    public void Remove(GrainId id) => _observers.TryRemove(id, out _);

    /// <summary>Takes a call if it is one to an observer.</summary>
    public bool TryDeliver(Call call)
    {
        if (!call.Target.Type.Equals(ObserverType))
        {
            return false;
        }

        if (_observers.TryGetValue(call.Target, out var observer) && !observer.TryReceive(call))
        {
            Remove(call.Target);
        }

        return true;
    }

    /// <summary>One observer and the calls that wait for it: it takes one at a time.</summary>
    private sealed class Observer(object target)
    {
        private readonly WeakReference<object> _target = new(target);
        private readonly Queue<Call> _waiting = new();
        private bool _isBusy;

        public bool TryReceive(Call call)
        {
            if (!_target.TryGetTarget(out _))
            {
                return false;
            }

            if (call.Interleaves)
            {
                _ = Task.Run(() => InvokeAsync(call));
                return true;
            }

            lock (_waiting)
            {
                _waiting.Enqueue(call);
                if (!_isBusy)
                {
                    _isBusy = true;
                    _ = Task.Run(WorkAsync);
                }
            }

            return true;
        }

        private async Task WorkAsync()
        {
            while (TakeNext() is { } call)
            {
                await InvokeAsync(call);
            }
        }

        private Call? TakeNext()
        {
            lock (_waiting)
            {
                _isBusy = _waiting.TryDequeue(out var call);
                return call;
            }
        }

        private async Task InvokeAsync(Call call)
        {
            if (!_target.TryGetTarget(out var instance))
            {
                return;
            }

            try
            {
                await call.RunOnAsync(instance, host: null);
            }
            catch (Exception failure)
            {
                call.Reject(failure);
            }
        }
    }
}
