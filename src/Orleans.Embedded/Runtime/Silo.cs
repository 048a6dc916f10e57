using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>One silo: an address, the services of its host, and whether its time runs.</summary>
internal sealed class Silo(
    Cluster cluster,
    MembershipService membership,
    IServiceProvider services,
    IOptions<SiloOptions> silo,
    IOptions<ClusterOptions> clusterOptions,
    IOptions<GrainCollectionOptions> collection,
    IOptions<SiloMessagingOptions> messaging,
    ILogger<Silo> log) : ILocalSiloDetails
{
    private readonly Lock _lock = new();
    private List<Action> _parked = [];
    private volatile bool _isFrozen;
    private volatile bool _isKilled;
    private int _activationCount;
    private Caller? _caller;

    public Cluster Cluster => cluster;

    public IServiceProvider Services => services;

    public ILogger Log => log;

    public string Name => silo.Value.SiloName;

    public string ClusterId => clusterOptions.Value.ClusterId;

    public SiloAddress SiloAddress { get; } = SiloAddress.New(IPAddress.Loopback, cluster.NextPort(), SiloAddress.AllocateNewGeneration());

    public Caller Caller => _caller ??= new(
        cluster, this, messaging.Value.ResponseTimeout, services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Messaging));

    public GrainCollectionOptions CollectionOptions { get; } = collection.Value;

    public int MaxForwardCount { get; } = messaging.Value.MaxForwardCount;

    /// <summary>Gets the clock of activations: how long they take to begin and end, and how long nobody used them.</summary>
    public TimeProvider Time { get; } = services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.ActivationManagement);

    /// <summary>Gets the clock of grain timers.</summary>
    public TimeProvider GrainTime { get; } = services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Grains);

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
        if (MayRun(() => membership.Update(snapshot)))
        {
            membership.Update(snapshot);
        }
    }

    public TimeSpan CollectionAge(GrainClass grainClass) =>
        CollectionOptions.ClassSpecificCollectionAge.TryGetValue(grainClass.Type.FullName!, out var age)
            ? age
            : grainClass.AgeLimit ?? CollectionOptions.CollectionAge;
}
