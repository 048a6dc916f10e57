using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Timers;

/// <summary>Has timers that write down their ticks. A tick named "held" waits at the gate of the grain.</summary>
[Alias("conformance.ITimerGrain")]
internal interface ITimerGrain : IGrainWithStringKey
{
    [Alias("Register")]
    Task RegisterAsync(string name, TimeSpan dueTime, TimeSpan period, bool interleave);

    [Alias("Change")]
    Task ChangeAsync(string name, TimeSpan dueTime, TimeSpan period);

    [Alias("Dispose")]
    Task DisposeAsync(string name);

    [Alias("Touch")]
    Task TouchAsync();

    [Alias("Hold")]
    Task HoldAsync();

    [Alias("Deactivate")]
    Task DeactivateAsync();

    /// <summary>Passes a state object and reports whether the tick got the same one.</summary>
    [Alias("RegisterWithState")]
    Task RegisterWithStateAsync(TimeSpan dueTime);

    /// <summary>Registers off the grain's scheduler and returns the type of what is thrown.</summary>
    [Alias("RegisterOutside")]
    Task<string> RegisterOutsideAsync();
}

internal sealed class TimerGrain(Stage stage) : Grain, ITimerGrain
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];

    private string Key => this.GetPrimaryKeyString();

    private Journal Journal => stage.Journal(Key);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add("deactivated");
        return Task.CompletedTask;
    }

    public Task RegisterAsync(string name, TimeSpan dueTime, TimeSpan period, bool interleave)
    {
        var options = new GrainTimerCreationOptions(dueTime, period) { Interleave = interleave };
        _timers[name] = this.RegisterGrainTimer(TickAsync, name, options);
        return Task.CompletedTask;
    }

    public Task ChangeAsync(string name, TimeSpan dueTime, TimeSpan period)
    {
        _timers[name].Change(dueTime, period);
        return Task.CompletedTask;
    }

    public Task DisposeAsync(string name)
    {
        _timers[name].Dispose();
        return Task.CompletedTask;
    }

    public Task TouchAsync()
    {
        Journal.Add("touched");
        return Task.CompletedTask;
    }

    public async Task HoldAsync()
    {
        Journal.Add("hold begins");
        await stage.Gate(Key).PassAsync();
        Journal.Add("hold ends");
    }

    public Task DeactivateAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task RegisterWithStateAsync(TimeSpan dueTime)
    {
        var state = new List<string>();
        this.RegisterGrainTimer(
            (given, token) =>
            {
                Journal.Add($"same state: {ReferenceEquals(state, given)}");
                return Task.CompletedTask;
            },
            state,
            dueTime,
            Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task<string> RegisterOutsideAsync() => Task.Run(() =>
    {
        try
        {
            this.RegisterGrainTimer(() => Task.CompletedTask, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            return "nothing";
        }
        catch (InvalidOperationException exception)
        {
            return exception.GetType().Name;
        }
    });

    private async Task TickAsync(string name, CancellationToken cancellationToken)
    {
        Journal.Add($"{name} ticks");
        switch (name)
        {
            case "held":
                await stage.Gate($"{Key}/tick").PassAsync(CancellationToken.None);
                Journal.Add($"{name} done, cancelled: {cancellationToken.IsCancellationRequested}");
                break;
            case "failing":
                throw new InvalidOperationException("The tick fails as told.");
            case "disposing":
                _timers[name].Dispose();
                Journal.Add($"disposed, cancelled: {cancellationToken.IsCancellationRequested}");
                break;
            case "changing":
                _timers[name].Change(TimeSpan.FromSeconds(7), Timeout.InfiniteTimeSpan);
                break;
            case "deactivating":
                DeactivateOnIdle();
                break;
            case "scheduled":
                var home = TaskScheduler.Current;
                await Task.Yield();
                Journal.Add($"own scheduler: {home != TaskScheduler.Default && home == TaskScheduler.Current}");
                await GrainFactory.GetGrain<ITimerGrain>($"{Key}/other").TouchAsync();
                Journal.Add("called");
                break;
        }
    }
}
