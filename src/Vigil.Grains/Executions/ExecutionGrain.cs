using Orleans.Placement;
using Orleans.Storage;
using Orleans.Utilities;
using Vigil.Grains.Connections;

namespace Vigil.Grains.Executions;

/// <summary>
/// One execution. For each input the rules compute the next state and its effects; the state is stored first, and only then are the effects executed.
/// A turn awaits nothing but the store; requests to the platform go through the silo's poller, which reports back with a call.
/// </summary>
[GrainType(TypeName), ActivationCountBasedPlacement, KnownConnectionPlacement, CollectionAgeLimit(Minutes = 1.5)]
internal sealed partial class ExecutionGrain(
    [PersistentState(VigilStorage.ExecutionStateName, VigilStorage.ProviderName)] IPersistentState<ExecutionState> storage,
    ExecutionServices services,
    ILogger<ExecutionGrain> logger,
    IGrainContext context) : Grain(context), IExecutionGrain
{
    public static readonly GrainType Type = GrainType.Create(TypeName);

    private const string TypeName = "execution";
    private static readonly TimeSpan ObserverLease = TimeSpan.FromSeconds(60);

    private EffectExecutor? _executor;
    private ObserverManager<IExecutionObserver>? _observers;

    // Replaced only after a successful write, so that interleaving calls read what is stored.
    private ExecutionState? _committed;

    private string Id => this.GetPrimaryKeyString();

    private ExecutionState? State => storage.RecordExists ? storage.State : null;

    private EffectExecutor Effects => _executor ??= new(this, services, logger);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (State is not { } state)
        {
            return;
        }

        _committed = state;
        if (state.Live)
        {
            services.Owners.Note(state.Id);
            await ResumeAsync(state);
        }
    }

    // Everything durable is already stored; a write here could only overwrite that of another activation.
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _executor?.Stop();
        return Task.CompletedTask;
    }

    public async Task<StartResult> StartAsync(StartExecution request)
    {
        var isNew = State is null;
        var hash = StartRules.Admit(Id, request, isNew ? services.Connections : null);
        await ChangeAsync(new LifecycleInput.Start(Id, PlatformOf(request.Connection), request, hash));
        return new(Current(), Created: isNew);
    }

    public async Task<StartResult> AdoptAsync(AdoptExecution request, Observation firstObservation)
    {
        var isNew = State is null;
        var hash = StartRules.Admit(Id, request, isNew ? services.Connections : null);
        try
        {
            await ChangeAsync(new LifecycleInput.Adopt(Id, PlatformOf(request.Connection), request, hash, firstObservation));
        }
        catch (InconsistentStateException e) when (StartRules.WatcherOf(e) is { } other)
        {
            throw StartRules.RunWatched(other, request);
        }

        return new(Current(), Created: isNew);
    }

    public Task<Execution> GetAsync() => Task.FromResult(Current());

    public Task<Execution> CancelAsync(string? reason)
    {
        RequestLimits.ThrowIfAny(RequestLimits.CheckReason(reason));
        return CommandAsync(new LifecycleInput.Cancel(reason));
    }

    public Task<Execution> AbandonAsync(string? reason)
    {
        RequestLimits.ThrowIfAny(RequestLimits.CheckReason(reason));
        return CommandAsync(new LifecycleInput.Abandon(reason));
    }

    public Task<Execution> RetryAsync()
    {
        if (State is { } state && state.Status.IsTerminal())
        {
            // Only a silo that has the connection knows whether its platform can retry.
            services.Cluster.Get(state.Connection, GrainContext);
        }

        return CommandAsync(new LifecycleInput.Retry());
    }

    public async Task NudgeAsync()
    {
        if (State is not { } state)
        {
            return;
        }

        services.Poller.Nudge(state.Connection, state.Id);
        await ChangeAsync(new LifecycleInput.Nudge());
    }

    // Subscribes before reading the state, so that no change between the two is missed.
    public Task<Execution> SubscribeAsync(IExecutionObserver observer)
    {
        _observers ??= new(ObserverLease, logger) { GetDateTime = () => services.Time.GetUtcNow().UtcDateTime };
        _observers.Subscribe(observer, observer);
        return Task.FromResult(Current());
    }

    public Task UnsubscribeAsync(IExecutionObserver observer)
    {
        _observers?.Unsubscribe(observer);
        return Task.CompletedTask;
    }

    private string PlatformOf(string connection) => State?.Platform ?? services.Cluster.Get(connection, GrainContext).Platform.Name;

    private async Task<Execution> CommandAsync(LifecycleInput command)
    {
        await ChangeAsync(command);
        return Current();
    }

    /// <summary>Handles every input: applies the rules, stores the state, notifies observers and executes the effects.</summary>
    private async Task<ImmutableArray<LifecycleEffect>> ChangeAsync(LifecycleInput input)
    {
        var now = services.Time.GetUtcNow();
        var (next, effects) = services.Rules(State, input, ContextOf(input, now));
        if (effects is [LifecycleEffect.Persist persist, ..])
        {
            await CommitAsync(next, persist, now);
        }

        storage.State = next;
        Effects.Execute(next, effects);
        if (!next.Live && next.RecheckRequestedAt is null)
        {
            // While a recheck is awaited the activation stays, since the next one would ignore the answer; it is collected by its age.
            DeactivateOnIdle();
        }

        return effects;
    }

    private async Task CommitAsync(ExecutionState next, LifecycleEffect.Persist persist, DateTimeOffset now)
    {
        var before = storage.State;
        try
        {
            storage.State = next with { Write = ExecutionWrites.Of(next, persist, now, services.Members.Self, _committed?.Steps.Length ?? 0) };
            await storage.WriteStateAsync();
        }
        catch (Exception e)
        {
            // The write may or may not have succeeded: its effects are dropped, and the next activation continues from what is stored.
            // The committed state is restored so that a migration cannot carry the uncertain one along.
            storage.State = _committed ?? before;
            LogWriteFailed(services.StoreHealth.FailureLevel, next.Id, e);
            DeactivateOnIdle();
            WakeNextActivation(e, next.Connection);
            throw;
        }

        _committed = next;
        if (persist.EventType is { } type)
        {
            LogEvent(next, type);
            Notify(next, persist, type, now);
        }
    }

    // One-way and not awaited, so a hanging observer blocks nothing. An observer that misses an event can read the committed state.
    private void Notify(ExecutionState state, LifecycleEffect.Persist persist, string type, DateTimeOffset at)
    {
        if (_observers is { Count: > 0 })
        {
            var reported = ExecutionView.Reported(state, persist.Output);
            var notice = new ExecutionEvent { Id = $"{state.Id}/{state.Version}", Type = type, At = at, Execution = reported };
            _ = _observers.Notify(observer => observer.OnEventAsync(notice));
        }
    }

    private Execution Current()
    {
        var committed = _committed ?? throw new ExecutionNotFoundException(Id);
        return ExecutionView.Of(committed, watch: services.Poller.StatusOf(committed.Connection, committed.Id));
    }

    private LifecycleContext ContextOf(LifecycleInput input, DateTimeOffset now)
    {
        var name = input switch
        {
            LifecycleInput.Start start => start.Request.Connection,
            LifecycleInput.Adopt adopt => adopt.Request.Connection,
            _ => State?.Connection ?? throw new ExecutionNotFoundException(Id),
        };
        var context = services.ContextOf(name, now);
        return State switch
        {
            { Submission.Phase: SubmissionPhase.Sending } => context with { StartIsHeld = services.Poller.HoldsStart(name, Id) },
            { } state when state.DeadlineAt <= now => context with { EndIsHeld = services.Poller.HoldsEnd(name, Id) },
            _ => context,
        };
    }
}
