using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>One silo: an address, the services of its host, and whether its time runs.</summary>
internal sealed class Silo : ILocalSiloDetails
{
    private readonly Lock _lock = new();
    private readonly MembershipService _membership;
    private List<Action> _parked = [];
    private volatile bool _isFrozen;
    private volatile bool _isKilled;
    private int _activationCount;

    public Silo(
        Cluster cluster,
        MembershipService membership,
        IServiceProvider services,
        IOptions<SiloOptions> silo,
        IOptions<ClusterOptions> clusterOptions,
        IOptions<GrainCollectionOptions> collection,
        IOptions<SiloMessagingOptions> messaging,
        ILogger<Silo> log)
    {
        _membership = membership;
        Cluster = cluster;
        Services = services;
        Log = log;
        Name = silo.Value.SiloName;
        ClusterId = clusterOptions.Value.ClusterId;
        SiloAddress = SiloAddress.New(IPAddress.Loopback, cluster.NextPort(), SiloAddress.AllocateNewGeneration());
        CollectionOptions = collection.Value;
        MaxForwardCount = messaging.Value.MaxForwardCount;
        Time = services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.ActivationManagement);
        GrainTime = services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Grains);
        Caller = new(cluster, this, messaging.Value.ResponseTimeout, services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Messaging));
    }

    public Cluster Cluster { get; }

    public IServiceProvider Services { get; }

    public ILogger Log { get; }

    public string Name { get; }

    public string ClusterId { get; }

    public SiloAddress SiloAddress { get; }

    public Caller Caller { get; }

    public GrainCollectionOptions CollectionOptions { get; }

    public int MaxForwardCount { get; }

    /// <summary>Gets the clock of activations: how long they take to begin and end, and how long nobody used them.</summary>
    public TimeProvider Time { get; }

    /// <summary>Gets the clock of grain timers.</summary>
    public TimeProvider GrainTime { get; }

    /// <summary>Gets or sets the silo's reminders, where they were added.</summary>
    public ReminderService? Reminders { get; set; }

    public int ActivationCount => Volatile.Read(ref _activationCount);

    public bool IsRunning => !_isKilled && !_isFrozen;

    public bool IsKilled => _isKilled;

    /// <summary>
    /// Tells whether something may run on this silo now. On a frozen silo it is kept until the silo is thawed; on a killed one it is
    /// forgotten.
    /// </summary>
    public bool MayRun(Action resume)
    {
        if (IsRunning)
        {
            return true;
        }

        lock (_lock)
        {
            if (_isFrozen && !_isKilled)
            {
                _parked.Add(resume);
                return false;
            }

            return !_isKilled;
        }
    }

    public void Freeze()
    {
        lock (_lock)
        {
            _isFrozen = true;
        }
    }

    public void Thaw()
    {
        List<Action> parked;
        lock (_lock)
        {
            _isFrozen = false;
            parked = _parked;
            _parked = [];
        }

        parked.ForEach(action => action());
    }

    public void Kill() => _isKilled = true;

    public void CountActivations(int change) => Interlocked.Add(ref _activationCount, change);

    public void Learn(ClusterMembershipSnapshot snapshot)
    {
        if (MayRun(() => _membership.Update(snapshot)))
        {
            _membership.Update(snapshot);
        }
    }

    public TimeSpan CollectionAge(GrainClass grainClass) =>
        CollectionOptions.ClassSpecificCollectionAge.TryGetValue(grainClass.Type.FullName!, out var age)
            ? age
            : grainClass.AgeLimit ?? CollectionOptions.CollectionAge;
}
