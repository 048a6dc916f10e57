using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Core;
using Orleans.Timers;
using Vigil.Grains.Executions;
using Vigil.Tests.Lifecycle.Simulation.Storage;

namespace Vigil.Tests.Lifecycle.Simulation.Hosting;

/// <summary>
/// What Orleans does for one activation of the execution's grain: its state is read, then one turn runs after the other, timers and reminders are turns
/// too, and once it is to end it ends between two turns. What waits then goes to the next activation.
/// </summary>
internal sealed class Activation : IGrainContext, IGrainRuntime, ITimerRegistry, IServiceProvider
{
    private readonly World _world;
    private readonly GrainState _state;
    private readonly Reminders _reminders;
    private readonly Queue<GrainCall> _waiting = [];
    private readonly List<GrainTimer> _timers = [];
    private readonly ExecutionGrain _grain;
    private TaskCompletionSource? _idle;
    private bool _isEnding;

    public Activation(World world, Silo silo)
    {
        _world = world;
        Silo = silo;
        _state = new(silo.Store, GrainId);
        _reminders = new(world, silo);
        _grain = new(_state, silo.Services, NullLogger<ExecutionGrain>.Instance, this);
        world.Trace?.Invoke($"grain activates on {silo.Name}");
        silo.Start(LiveAsync);
    }

    public Silo Silo { get; }

    public bool IsGone { get; private set; }

    /// <summary>Gets a value indicating whether calls find it: its silo counts as alive, whether it moves or not.</summary>
    public bool CanBeReached => !IsGone && Silo.IsAlive && _world.Cluster.IsActive(Silo);

    public GrainId GrainId { get; } = GrainId.Create("execution", Callers.ExecutionId);

    public IServiceProvider ActivationServices => this;

    public IGrainFactory GrainFactory => Silo.Services.Grains;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => this;

    public string SiloIdentity => Silo.Name;

    public SiloAddress SiloAddress => Silo.Address;

    public object GrainInstance => _grain;

    public GrainReference GrainReference => throw new NotSupportedException();

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => throw new NotSupportedException();

    public void Enqueue(GrainCall call)
    {
        if (IsGone)
        {
            _world.Cluster.Deliver(call);
        }
        else if (call.Interleaves && _state.IsRead)
        {
            Silo.Start(() => call.RunAsync(_grain));
        }
        else
        {
            _waiting.Enqueue(call);
            _idle?.TrySetResult();
        }
    }

    public void DeactivateOnIdle(IGrainContext grainContext)
    {
        _isEnding = true;
        _idle?.TrySetResult();
    }

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(Silo, this, () => callback(state, CancellationToken.None));
        timer.Change(options.DueTime, options.Period);
        _timers.Add(timer);
        return timer;
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IGrainRuntime) || serviceType == typeof(ITimerRegistry) ? this
        : serviceType == typeof(IReminderRegistry) ? _reminders
        : null;

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public object? GetTarget() => _grain;

    public object? GetComponent(Type componentType) => null;

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => throw new NotSupportedException();

    public IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> asyncCallback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException();

    private async Task LiveAsync()
    {
        Exception? failure = null;
        try
        {
            await _state.ReadStateAsync();
            await _grain.OnActivateAsync(CancellationToken.None);
            await RunTurnsAsync();
        }
        catch (OrleansException e)
        {
            // It could not be activated, and those who called it hear why.
            failure = e;
        }

        await EndAsync(failure);
    }

    private async Task RunTurnsAsync()
    {
        while (!_isEnding)
        {
            if (_waiting.TryDequeue(out var call))
            {
                await call.RunAsync(_grain);
                continue;
            }

            _idle = new();
            await _idle.Task;
            _idle = null;
        }
    }

    private async Task EndAsync(Exception? failure)
    {
        _world.Trace?.Invoke($"grain ends on {Silo.Name}");
        _timers.ForEach(timer => timer.Dispose());
        await _grain.OnDeactivateAsync(new(DeactivationReasonCode.ApplicationRequested, ""), CancellationToken.None);
        IsGone = true;
        _world.Cluster.Left(this);
        while (_waiting.TryDequeue(out var call))
        {
            if (failure is null)
            {
                _world.Cluster.Deliver(call);
            }
            else
            {
                call.Fail(failure);
            }
        }
    }
}
