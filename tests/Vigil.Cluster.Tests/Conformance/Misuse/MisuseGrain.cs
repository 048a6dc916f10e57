using Microsoft.Extensions.DependencyInjection;
using Vigil.Cluster.Tests.Conformance.Calls;
using Vigil.Cluster.Tests.Conformance.State;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.Misuse;

/// <summary>Does off its scheduler, or too early or too late, what belongs to its turns.</summary>
[Alias("conformance.IMisuseGrain")]
internal interface IMisuseGrain : IGrainWithStringKey
{
    /// <summary>Runs one thing inside Task.Run and returns what comes of it: a type of exception, or "nothing".</summary>
    [Alias("Outside")]
    Task<string> OutsideAsync(string what);

    [Alias("GetFoundByConstructor")]
    Task<string> GetFoundByConstructorAsync();

    /// <summary>Ends, and touches the state after the gate opens.</summary>
    [Alias("TouchTooLate")]
    Task TouchTooLateAsync();

    [Alias("PassNull")]
    Task<string> PassNullAsync(string what);
}

/// <summary>Asks for a store that is not there.</summary>
[Alias("conformance.IHomelessGrain")]
internal interface IHomelessGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task TouchAsync();
}

internal sealed class HomelessGrain([PersistentState("note", "a store that is not there")] IPersistentState<NoteState> state) : Grain, IHomelessGrain
{
    public Task TouchAsync() => state.ReadStateAsync();
}

internal sealed class MisuseGrain : Grain, IMisuseGrain
{
    private readonly IPersistentState<NoteState> _state;
    private readonly Stage _stage;
    private readonly string _foundByConstructor;

    public MisuseGrain([PersistentState("note", ConformanceCluster.Memory)] IPersistentState<NoteState> state, Stage stage)
    {
        (_state, _stage) = (state, stage);
        _foundByConstructor = Outcome(() => _ = state.RecordExists);
    }

    public Task<string> OutsideAsync(string what) => Task.Run(async () =>
    {
        try
        {
            switch (what)
            {
                case "factory":
                    GrainFactory.GetGrain<ICallGrain>("key");
                    break;
                case "injected factory":
                    ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ICallGrain>("key");
                    break;
                case "key":
                    _ = this.GetPrimaryKeyString();
                    break;
                case "reference":
                    _ = this.AsReference<IMisuseGrain>();
                    break;
                case "call":
                    await ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<ICallGrain>(ConformanceCluster.NewKey()).TouchAsync("touched");
                    break;
                case "deactivate":
                    DeactivateOnIdle();
                    break;
                case "delay":
                    DelayDeactivation(TimeSpan.FromMinutes(1));
                    break;
                case "migrate":
                    MigrateOnIdle();
                    break;
                default:
                    throw new NotSupportedException(what);
            }

            return "nothing";
        }
        catch (InvalidOperationException exception)
        {
            return exception.GetType().Name;
        }
    });

    public Task<string> GetFoundByConstructorAsync() => Task.FromResult(_foundByConstructor);

    public Task TouchTooLateAsync()
    {
        DeactivateOnIdle();
        _ = TouchAsync();
        return Task.CompletedTask;

        async Task TouchAsync()
        {
            var key = this.GetPrimaryKeyString();
            await _stage.Gate(key).PassAsync();
            _stage.Journal(key).Add($"touched: {Outcome(() => _ = _state.State)}");
        }
    }

    public Task<string> PassNullAsync(string what) => Task.FromResult(Outcome(() =>
    {
        switch (what)
        {
            case "timer":
                this.RegisterGrainTimer((Func<Task>)null!, TimeSpan.Zero, TimeSpan.Zero);
                break;
            case "key":
                GrainFactory.GetGrain<ICallGrain>((string)null!);
                break;
        }
    }));

    private static string Outcome(Action action)
    {
        try
        {
            action();
            return "nothing";
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            return exception.GetType().Name;
        }
    }
}
