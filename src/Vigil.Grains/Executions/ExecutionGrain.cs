using Orleans.Placement;
using Orleans.Storage;
using Orleans.Utilities;

namespace Vigil.Grains.Executions;

/// <summary>
/// One execution. It stores first, acts second, tells last: the rules decide, one write makes it so, and only then are the effects carried out.
/// A turn awaits the store and nothing else; what must be asked of a platform goes to the silo's poller and comes back as a call.
/// </summary>
[GrainType("execution"), ActivationCountBasedPlacement, CollectionAgeLimit(Minutes = 1.5)]
internal sealed partial class ExecutionGrain(
    [PersistentState(VigilStorage.ExecutionStateName, VigilStorage.ProviderName)] IPersistentState<ExecutionState> storage,
    ExecutionServices services,
    ILogger<ExecutionGrain> logger,
    IGrainContext context) : Grain(context), IExecutionGrain
{
    private static readonly TimeSpan ObserverLease = TimeSpan.FromSeconds(60);

    private EffectExecutor? _executor;
    private ObserverManager<IExecutionObserver>? _observers;

    /// <summary>What is stored: replaced only after a write has returned, so that calls between the turns can read it.</summary>
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

    // Everything worth keeping is stored already; a write here could only undo what another activation wrote.
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

    public async Task<StartResult> AdoptAsync(AdoptExecution request, Observation firstLook)
    {
        var isNew = State is null;
        var hash = StartRules.Admit(Id, request, isNew ? services.Connections : null);
        try
        {
            await ChangeAsync(new LifecycleInput.Adopt(Id, PlatformOf(request.Connection), request, hash, firstLook));
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
        return ObeyAsync(new LifecycleInput.Cancel(reason));
    }

    public Task<Execution> AbandonAsync(string? reason)
    {
        RequestLimits.ThrowIfAny(RequestLimits.CheckReason(reason));
        return ObeyAsync(new LifecycleInput.Abandon(reason));
    }

    public Task<Execution> RetryAsync() => ObeyAsync(new LifecycleInput.Retry());

    public async Task NudgeAsync()
    {
        if (State is not { } state)
        {
            return;
        }

        services.Poller.Nudge(state.Connection, state.Id);
        await ChangeAsync(new LifecycleInput.Nudge());
    }

    // Added first and answered then: what is stored between the two is told and not missed.
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

    private string PlatformOf(string connection) => State?.Platform ?? services.Connections.Get(connection).Platform.Name;

    private async Task<Execution> ObeyAsync(LifecycleInput command)
    {
        await ChangeAsync(command);
        return Current();
    }

    /// <summary>The way of everything that happens to an execution: the rules, one write, the tellers, the effects.</summary>
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
        if (!next.Live && next.LookAgainSince is null)
        {
            // One of which a look was asked stays for the answer, which the next activation would not believe; its age collects it.
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
            // Whether the write landed is unknown: the effects behind it are dropped, and the next activation reads it and goes on from there.
            // What may not be true does not outlive this turn, not even by migration.
            storage.State = _committed ?? before;
            LogWriteFailed(next.Id, e);
            DeactivateOnIdle();
            WakeNextActivation();
            throw;
        }

        _committed = next;
        if (persist.EventType is { } type)
        {
            LogEvent(next, type);
            Tell(next, type, now);
        }
    }

    // One-way and not awaited: an observer that hangs holds nobody. Who misses a notice reads what is committed.
    private void Tell(ExecutionState state, string type, DateTimeOffset at)
    {
        if (_observers is { Count: > 0 })
        {
            var told = new ExecutionEvent { Id = $"{state.Id}/{state.Version}", Type = type, At = at, Execution = ExecutionView.Reported(state) };
            _ = _observers.Notify(observer => observer.OnEventAsync(told));
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
        return State is { Submission.Phase: SubmissionPhase.Sending } ? context with { StartIsHeld = services.Poller.HoldsStart(name, Id) } : context;
    }
}
