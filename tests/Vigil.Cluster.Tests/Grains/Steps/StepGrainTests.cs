using Vigil.Cluster.Tests.Grains.Support;
using Vigil.Storage;

namespace Vigil.Cluster.Tests.Grains.Steps;

[Collection(AloneCollection.Name)]
public sealed class StepGrainTests : IAsyncLifetime
{
    private readonly string _execution = VigilCluster.NewId();
    private VigilCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await VigilCluster.StartAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task Tell_UntilTheEnd_StoresTheEndAlone()
    {
        await Grain.TellAsync(Report(1, StepStatus.Running));
        await Grain.TellAsync(Report(2, StepStatus.Running));
        Assert.Equal(0, Writes());

        await Grain.TellAsync(Report(3, StepStatus.Succeeded));
        var stored = await Grain.GetAsync();

        Assert.Equal(1, Writes());
        Assert.Equal((StepStatus.Succeeded, 3), (stored.Status, stored.Version));
        Assert.Equal([StepStatus.Running, StepStatus.Succeeded], stored.History.Select(change => change.Status));
    }

    [Fact]
    public async Task Tell_BeforeTheEnd_StoresAtMostEveryTenSeconds()
    {
        await Grain.TellAsync(Report(1, StepStatus.Running));
        _cluster.Time.Forward(TimeSpan.FromSeconds(10));

        await Grain.TellAsync(Report(2, StepStatus.Running));
        await Grain.TellAsync(Report(3, StepStatus.Running));

        Assert.Equal(1, Writes());
        Assert.Equal(3, (await Grain.GetAsync()).Version);
    }

    [Fact]
    public async Task Tell_ThenNothing_StoresWhatWasToldAndLetsTheGrainGo()
    {
        await Grain.TellAsync(Report(1, StepStatus.Running));

        await Eventually.Async(
            async () => await _cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(Grain) is null, "the step's grain is gone");

        Assert.Equal(1, Writes());
        Assert.Equal(1, (await Grain.GetAsync()).Version);
    }

    [Fact]
    public async Task Tell_OlderVersion_IsDropped()
    {
        await Grain.TellAsync(Report(5, StepStatus.Succeeded));

        await Grain.TellAsync(Report(5, StepStatus.Failed));
        await Grain.TellAsync(Report(4, StepStatus.Running));

        Assert.Equal((StepStatus.Succeeded, 5), ((await Grain.GetAsync()).Status, (await Grain.GetAsync()).Version));
        Assert.Equal(1, Writes());
    }

    [Fact]
    public async Task Get_StepThatNobodyTold_IsNotFound() =>
        await Assert.ThrowsAsync<ExecutionNotFoundException>(() => Grain.GetAsync());

    [Fact]
    public async Task Tell_WriteFails_IsNotAcknowledgedAndCanBeRepeated()
    {
        var failures = 0;
        _cluster.Store.BeforeWrite = write =>
        {
            if (write.Key.Kind == StateKind.Step && failures++ == 0)
            {
                throw new StoreException("The disk is full.");
            }
        };

        await Assert.ThrowsAnyAsync<Exception>(() => Grain.TellAsync(Report(1, StepStatus.Failed)));
        await Grain.TellAsync(Report(1, StepStatus.Failed));

        Assert.Equal(StepStatus.Failed, (await Grain.GetAsync()).Status);
    }

    private IStepGrain Grain => _cluster.Grains.GetGrain<IStepGrain>(StepKey.Of(_execution, "s").Value);

    private int Writes() => _cluster.Store.WritesOf(StateKind.Step, StepKey.Of(_execution, "s").Value);

    private StepReport Report(long version, StepStatus status) =>
        new(_execution, Attempt: 1, version, _cluster.Time.GetUtcNow(), new() { Id = "s", Name = "s", Status = status });
}
