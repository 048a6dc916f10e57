using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Concurrency;
using Orleans.Runtime.Placement;
using Orleans.Utilities;

namespace Vigil.Cluster.Tests.OrleansAssumptions.Support;

/// <summary>Does what the grains of Vigil do, and nothing besides.</summary>
[Alias("assumptions.IProbeGrain")]
internal interface IProbeGrain : IGrainWithStringKey
{
    /// <summary>Returns what was last stored, the number of the activation and where it is.</summary>
    [Alias("ReadAsync"), AlwaysInterleave]
    Task<(string? Text, int Activation, SiloAddress Silo)> ReadAsync();

    [Alias("WriteAsync")]
    Task WriteAsync(string text);

    /// <summary>Writes and returns what the grain catches, with its cause.</summary>
    [Alias("TryWriteAsync")]
    Task<string> TryWriteAsync(string text);

    /// <summary>Writes and moves to another silo, with the text or with what was stored before.</summary>
    [Alias("TryWriteAndMoveAsync")]
    Task TryWriteAndMoveAsync(string text, bool restore, SiloAddress target);

    [Alias("DeactivateAsync")]
    Task DeactivateAsync();

    /// <summary>Starts a timer whose ticks wait at the gate.</summary>
    [Alias("StartTimerAsync")]
    Task StartTimerAsync(TimeSpan dueTime, TimeSpan period, bool keepAlive);

    /// <summary>Waits at the gate.</summary>
    [Alias("WaitAsync")]
    Task WaitAsync(CancellationToken cancellationToken);

    [Alias("SubscribeAsync")]
    Task SubscribeAsync(IProbeObserver observer);

    /// <summary>Tells the observers, awaiting none, and returns how many there are.</summary>
    [Alias("TellAsync")]
    Task<int> TellAsync(string news);
}

[Alias("assumptions.IProbeObserver")]
internal interface IProbeObserver : IGrainObserver
{
    [Alias("OnNewsAsync"), OneWay]
    Task OnNewsAsync(string news);
}

[GenerateSerializer, Immutable, Alias("assumptions.ProbeState")]
internal sealed record ProbeState
{
    [Id(0)] public string? Text { get; init; }
}

[GrainType("probe")]
internal sealed class ProbeGrain(
    [PersistentState("probe", ScriptedStorage.ProviderName)] IPersistentState<ProbeState> storage, AssumptionsCluster cluster, ILocalSiloDetails silo)
    : Grain, IProbeGrain
{
    private ObserverManager<IProbeObserver>? _observers;
    private ProbeState _committed = new();
    private int _activation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Note("activated");
        (_committed, _activation) = (storage.State, cluster.Journal.Count($"{this.GetPrimaryKeyString()} activated"));
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Note("deactivated");
        return Task.CompletedTask;
    }

    public Task<(string? Text, int Activation, SiloAddress Silo)> ReadAsync() => Task.FromResult((_committed.Text, _activation, silo.SiloAddress));

    public async Task WriteAsync(string text)
    {
        storage.State = new() { Text = text };
        await storage.WriteStateAsync();
        _committed = storage.State;
        Note("wrote");
    }

    public async Task<string> TryWriteAsync(string text)
    {
        try
        {
            await WriteAsync(text);
            return "stored";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.InnerException?.GetType().Name}";
        }
    }

    public async Task TryWriteAndMoveAsync(string text, bool restore, SiloAddress target)
    {
        await TryWriteAsync(text);
        storage.State = restore ? _committed : storage.State;
        RequestContext.Set(IPlacementDirector.PlacementHintKey, target);
        MigrateOnIdle();
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task StartTimerAsync(TimeSpan dueTime, TimeSpan period, bool keepAlive)
    {
        this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(dueTime, period) { KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await cluster.Gate.PassAsync(cancellationToken);
        }
        finally
        {
            Note($"cancelled: {cancellationToken.IsCancellationRequested}");
        }
    }

    public Task SubscribeAsync(IProbeObserver observer)
    {
        _observers ??= new(TimeSpan.FromSeconds(60), NullLogger.Instance) { GetDateTime = () => cluster.Time.GetUtcNow().UtcDateTime };
        _observers.Subscribe(observer, observer);
        return Task.CompletedTask;
    }

    public Task<int> TellAsync(string news)
    {
        _ = _observers!.Notify(observer => observer.OnNewsAsync(news));
        return Task.FromResult(_observers.Count);
    }

    private async Task TickAsync()
    {
        Note("ticks");
        await cluster.Gate.PassAsync();
        Note("has ticked");
    }

    private void Note(string what) => cluster.Journal.Add($"{this.GetPrimaryKeyString()} {what}");
}
