using Vigil.Grains;
using Vigil.Grains.Lifecycle;

namespace Vigil.Tests.Lifecycle.Simulation.Hosting;

/// <summary>References to grains as one process has them: each call goes over the world's network.</summary>
internal sealed class GrainFactory(World world, Process caller) : IGrainFactory
{
    private readonly WatchedExecution _execution = new(world, caller);

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => (TGrainInterface)GetGrain(typeof(TGrainInterface));

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();

    private IGrainWithStringKey GetGrain(Type type) =>
        type == typeof(IWatchedExecution) ? _execution
        : type == typeof(IStepGrain) ? new StepReference(world, caller)
        : type == typeof(IConnectionGrain) ? new ConnectionReference(world, caller)
        : throw new NotSupportedException($"The world has no {type.Name}.");

    private sealed class WatchedExecution(World world, Process caller) : IWatchedExecution
    {
        public Task<SendPermit?> ClaimAsync(string silo) => world.Breakage.Claim(() => CallAsync(grain => grain.ClaimAsync(silo)));

        public Task ApplyAsync(LifecycleInput.Report report) => TellAsync(grain => grain.ApplyAsync(report));

        public Task WakeAsync() => TellAsync(grain => grain.WakeAsync());

        private Task<T> CallAsync<T>(Func<IWatchedExecution, Task<T>> call) => world.Cluster.CallAsync(caller, call);

        private Task<bool> TellAsync(Func<IWatchedExecution, Task> tell) => world.Cluster.CallAsync(caller, async grain =>
        {
            await tell(grain);
            return true;
        });
    }

    private sealed class StepReference(World world, Process caller) : IStepGrain
    {
        public Task<Step> GetAsync() => throw new NotSupportedException();

        public async Task TellAsync(StepReport report)
        {
            await caller.Delay(world.Between(0.01, 0.2));
            world.Steps.Tell(report, caller);
        }
    }

    private sealed class ConnectionReference(World world, Process caller) : IConnectionGrain
    {
        public Task<ConnectionHealth> GetAsync() => ReachAsync(health => health);

        public Task<ConnectionHealth> SuspendAsync(string reason) => ReachAsync(health => health.Suspended ? health : new(Suspended: true, reason));

        public Task<ConnectionHealth> ResumeAsync() => ReachAsync(_ => new(Suspended: false));

        public Task ReportAdoptionAsync(AdoptCounts counts) => throw new NotSupportedException();

        private async Task<ConnectionHealth> ReachAsync(Func<ConnectionHealth, ConnectionHealth> change)
        {
            await caller.Delay(world.Strikes() ? 30 : world.Between(0.001, 0.03));
            return world.Strikes() ? throw new TimeoutException("The connection's grain gave no answer.") : world.Cluster.Health = change(world.Cluster.Health);
        }
    }
}
