using Orleans.Concurrency;
using Vigil.Cluster.Tests.Conformance.Support;

namespace Vigil.Cluster.Tests.Conformance.State;

/// <summary>Meets conflicts in all kinds of turns.</summary>
[Alias("conformance.IConflictGrain")]
internal interface IConflictGrain : IGrainWithStringKey
{
    [Alias("Write")]
    Task WriteAsync();

    [Alias("Clear")]
    Task ClearAsync();

    [Alias("WriteOneWay"), OneWay]
    Task WriteOneWayAsync();

    [Alias("WriteInterleaved"), AlwaysInterleave]
    Task WriteInterleavedAsync();

    /// <summary>Writes with the next tick of a timer.</summary>
    [Alias("WriteByTimer")]
    Task WriteByTimerAsync();

    [Alias("GetNumber")]
    Task<int> GetNumberAsync();
}

internal sealed class ConflictGrain(
    [PersistentState("note", ConformanceCluster.Scripted)] IPersistentState<NoteState> state, Stage stage) : Grain, IConflictGrain
{
    private int _number;

    private Journal Journal => stage.Journal(this.GetPrimaryKeyString());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Journal.Add("activated");
        _number = Journal.Count("activated");
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Journal.Add($"deactivated: {reason.ReasonCode}");
        return Task.CompletedTask;
    }

    public Task WriteAsync() => state.WriteStateAsync();

    public Task ClearAsync() => state.ClearStateAsync();

    public Task WriteOneWayAsync() => state.WriteStateAsync();

    public Task WriteInterleavedAsync() => state.WriteStateAsync();

    public Task WriteByTimerAsync()
    {
        this.RegisterGrainTimer(() => state.WriteStateAsync(), TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task<int> GetNumberAsync() => Task.FromResult(_number);
}
