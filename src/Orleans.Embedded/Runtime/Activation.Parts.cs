namespace Orleans.Runtime;

/// <summary>One grain's life in memory. Here: the timers and states that belong to it.</summary>
internal sealed partial class Activation
{
    private readonly List<IActivationState> _states = [];
    private Dictionary<string, object?>? _inherited;
    private HashSet<GrainTimer>? _timers;

    public void Add(IActivationState state) => _states.Add(state);

    /// <summary>Takes over the states of the activation that this one succeeds.</summary>
    public void Inherit(Activation predecessor) => _inherited = predecessor._states.ToDictionary(state => state.Name, state => state.Detach());

    /// <summary>Gets what a predecessor left under a state's name, if it left anything.</summary>
    public object? TakeInherited(string name) => _inherited is not null && _inherited.Remove(name, out var state) ? state : null;

    public IGrainTimer RegisterTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        RuntimeContext.Check(this);
        var timer = new GrainTimer(this, callback, options);
        lock (_waiting)
        {
            (_timers ??= []).Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    public void Remove(GrainTimer timer)
    {
        lock (_waiting)
        {
            _timers?.Remove(timer);
        }
    }

    private void DisposeTimers()
    {
        GrainTimer[] timers;
        lock (_waiting)
        {
            timers = _timers is null ? [] : [.. _timers];
        }

        Array.ForEach(timers, timer => timer.Dispose());
    }
}
