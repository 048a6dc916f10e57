using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Orleans.Runtime;

/// <summary>
/// What the silos of this process share: who is a member, which activation has which identity, and the way from a call to its
/// activation. Outside of tests there is one silo.
/// </summary>
internal sealed class Cluster
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<GrainId, Activation> _directory = new();
    private readonly ConcurrentDictionary<SiloAddress, Silo> _silos = new();
    private int _port = 11110;

    public ClusterMembershipSnapshot Membership { get; private set; } = new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new(0));

    public ObserverDirectory Observers { get; } = new();

    /// <summary>Gets or sets which calls are rejected instead of delivered.</summary>
    public Func<GrainId, bool>? RejectCall { get; set; }

    /// <summary>Gets the silos that take new activations, in an order that all agree on.</summary>
    public IReadOnlyList<Silo> ActiveSilos =>
        [.. Membership.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order()
            .Select(address => _silos[address])];

    public int NextPort() => Interlocked.Increment(ref _port);

    public Silo Find(SiloAddress address) => _silos[address];

    public IEnumerable<Activation> ActivationsOn(Silo silo) => _directory.Select(entry => entry.Value).Where(activation => activation.Silo == silo);

    /// <summary>Brings a call to its activation, or rejects it.</summary>
    public void Send(Call call)
    {
        if (call.Sender is { IsRunning: false, IsKilled: false } frozen && !frozen.MayRun(() => Send(call)))
        {
            return;
        }

        try
        {
            Deliver(call);
        }
        catch (Exception failure) when (failure is OrleansException or ArgumentException)
        {
            call.Reject(failure);
        }
    }

    /// <summary>Puts a silo into the membership, or changes its status, and lets every silo know.</summary>
    public void SetStatus(Silo silo, SiloStatus status)
    {
        lock (_lock)
        {
            _silos[silo.SiloAddress] = silo;
            var member = new ClusterMember(silo.SiloAddress, status, silo.Name);
            Membership = new(Membership.Members.SetItem(silo.SiloAddress, member), new(Membership.Version.Value + 1));
        }

        if (status == SiloStatus.Dead)
        {
            Abandon(silo);
        }

        foreach (var other in _silos.Values)
        {
            other.Learn(Membership);
        }
    }

    /// <summary>Declares a silo dead. If it lives it stops; if it is frozen it learns of it when it is thawed.</summary>
    public void DeclareDead(Silo silo)
    {
        if (silo.IsRunning)
        {
            silo.Kill();
        }

        SetStatus(silo, SiloStatus.Dead);
    }

    /// <summary>Takes an activation that has ended out of the directory, and puts its successor there.</summary>
    public void Replace(Activation ended, Activation? successor)
    {
        if (successor is null)
        {
            if (_directory.TryRemove(KeyValuePair.Create(ended.GrainId, ended)))
            {
                ended.Silo.CountActivations(-1);
            }
        }
        else if (_directory.TryUpdate(ended.GrainId, successor, ended))
        {
            ended.Silo.CountActivations(-1);
            successor.Silo.CountActivations(+1);
        }
    }

    /// <summary>Makes the activation that takes over from one that migrates, or none if placement would leave it where it is.</summary>
    public Activation? PlaceSuccessor(Activation activation)
    {
        var silo = Place(activation.Class);
        if (silo == activation.Silo)
        {
            return null;
        }

        var successor = new Activation(silo, activation.Class, activation.GrainId);
        successor.Inherit(activation);
        return successor;
    }

    private void Deliver(Call call)
    {
        if (call.Sender is { IsKilled: true } sender)
        {
            throw new SiloUnavailableException($"{sender.SiloAddress} is gone and can no longer send {call}.");
        }

        if (RejectCall?.Invoke(call.Target) == true)
        {
            throw new OrleansMessageRejectionException($"{call} was rejected because a test asked for it.");
        }

        if (Observers.TryDeliver(call))
        {
            return;
        }

        var activation = Locate(call.Target);
        if (activation.Silo.IsKilled)
        {
            throw new OrleansMessageRejectionException($"Exception while sending message: {activation.Silo.SiloAddress} does not answer to {call}.");
        }

        activation.Receive(call);
    }

    private Activation Locate(GrainId grainId)
    {
        while (true)
        {
            if (_directory.TryGetValue(grainId, out var known))
            {
                return known;
            }

            var grainClass = GrainClasses.All.Get(grainId.Type);
            var created = new Activation(Place(grainClass), grainClass, grainId);
            if (_directory.TryAdd(grainId, created))
            {
                created.Silo.CountActivations(+1);
                return created;
            }
        }
    }

    // The lesser of two at random spreads well without all silos rushing to the emptiest one.
    private Silo Place(GrainClass grainClass)
    {
        var silos = ActiveSilos;
        if (silos.Count == 0)
        {
            throw new SiloUnavailableException($"No active silo can take a grain of type {grainClass.GrainType}.");
        }

        var silo = silos[Random.Shared.Next(silos.Count)];
        var other = silos[Random.Shared.Next(silos.Count)];
        return grainClass.IsPlacedByCount && other.ActivationCount < silo.ActivationCount ? other : silo;
    }

    private void Abandon(Silo silo)
    {
        foreach (var activation in ActivationsOn(silo))
        {
            Replace(activation, successor: null);
            activation.Abort(new SiloUnavailableException($"{silo.SiloAddress}, where {activation.GrainId} lived, is gone."));
        }
    }
}
