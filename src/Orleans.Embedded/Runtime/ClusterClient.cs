namespace Orleans.Runtime;

/// <summary>Makes the references of one silo, or of the client outside.</summary>
internal sealed class ClusterClient(Cluster cluster, Caller caller, IServiceProvider services) : IClusterClient
{
    public IServiceProvider ServiceProvider => services;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        var grainClass = GrainClasses.All.Get(typeof(TGrainInterface), grainClassNamePrefix);
        return GetGrain<TGrainInterface>(GrainId.Create(grainClass.GrainType, primaryKey));
    }

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)Reference.Create(typeof(TGrainInterface), grainId, caller);

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ThrowIfInGrain();
        ArgumentNullException.ThrowIfNull(obj);
        if (!typeof(TGrainObserverInterface).IsInterface)
        {
            throw new ArgumentException($"{typeof(TGrainObserverInterface)} is no interface.");
        }

        if (obj is Reference or IGrainBase)
        {
            throw new ArgumentException("A reference or a grain is no observer.", nameof(obj));
        }

        return GetGrain<TGrainObserverInterface>(cluster.Observers.Add(obj));
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ThrowIfInGrain();
        cluster.Observers.Remove(obj is Reference reference ? reference.GrainId : throw new ArgumentException("It is no reference.", nameof(obj)));
    }

    private static void ThrowIfInGrain()
    {
        if (RuntimeContext.Current is not null)
        {
            throw new InvalidOperationException("Cannot create or delete a local object reference from a grain.");
        }
    }
}
