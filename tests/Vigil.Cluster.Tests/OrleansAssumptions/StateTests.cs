using Orleans.Storage;
using Vigil.Cluster.Tests.OrleansAssumptions.Support;
using Vigil.Storage;

namespace Vigil.Cluster.Tests.OrleansAssumptions;

/// <summary>What grains and their callers see of a store that refuses or fails.</summary>
[Collection(AssumptionsCollection.Name)]
public sealed class StateTests(OneSilo cluster)
{
    private readonly IProbeGrain _grain = cluster.NewGrain();

    /// <summary>
    /// <c>ExecutionGrain.AdoptAsync</c> finds in the conflict's cause who watches a run already; <c>GrainCalls</c> of the gateway repeats a call on an
    /// <see cref="OrleansException"/>, so a failure of the store must arrive as one.
    /// </summary>
    [Fact]
    public async Task StorageException_IsWrapped_AndAConflictKeepsItsTypeAndItsCause()
    {
        var key = new StateKey(StateKind.Step, "x");
        cluster.Storage.BeforeWrite = () => throw new StoreException("The disk is full.");
        Assert.Equal("OrleansException: StoreException", await _grain.TryWriteAsync("lost"));
        Assert.Contains("The disk is full.", (await Assert.ThrowsAsync<OrleansException>(() => _grain.WriteAsync("lost"))).Message, StringComparison.Ordinal);

        cluster.Storage.BeforeWrite = () => throw new InconsistentStateException("x", "2", "1", new StoreConflictException(key, "1", "2", "x"));
        Assert.Equal("InconsistentStateException: StoreConflictException", await _grain.TryWriteAsync("lost"));
    }

    /// <summary><c>ExecutionGrain.CommitAsync</c>, <c>StepGrain.StoreAsync</c> and <c>ConnectionGrain.CommitAsync</c>, after a write of unknown outcome.</summary>
    [Fact]
    public async Task DeactivateOnIdle_NextCall_ReadsWhatIsStored()
    {
        await _grain.WriteAsync("ours");
        cluster.Storage.Put(_grain.GetGrainId(), new ProbeState { Text = "theirs" });

        await _grain.DeactivateAsync();
        var (text, activation, _) = await _grain.ReadAsync();

        Assert.Equal(("theirs", 2), (text, activation));
    }
}
