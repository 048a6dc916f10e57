using System.Collections;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Utilities;

/// <summary>The observers of a grain. Who does not subscribe again in time is forgotten.</summary>
public class ObserverManager<TObserver> : ObserverManager<IAddressable, TObserver>
{
    /// <summary>Initializes a new instance of the <see cref="ObserverManager{TObserver}"/> class.</summary>
    public ObserverManager(TimeSpan expiration, ILogger log)
        : base(expiration, log)
    {
    }
}

/// <summary>The observers of a grain. Who does not subscribe again in time is forgotten.</summary>
public class ObserverManager<TIdentity, TObserver> : IEnumerable<TObserver>
    where TIdentity : notnull
{
    private readonly Dictionary<TIdentity, (TObserver Observer, DateTime LastSeen)> _observers = [];
    private readonly ILogger _log;

    /// <summary>Initializes a new instance of the <see cref="ObserverManager{TIdentity, TObserver}"/> class.</summary>
    public ObserverManager(TimeSpan expiration, ILogger log)
    {
        ArgumentNullException.ThrowIfNull(log);
        ExpirationDuration = expiration;
        _log = log;
    }

    /// <summary>Gets or sets the clock.</summary>
    public Func<DateTime> GetDateTime { get; set; } = () => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>Gets or sets how long a subscription lasts.</summary>
    public TimeSpan ExpirationDuration { get; set; }

    /// <summary>Gets how many observers there are, with those that have expired and were not noticed yet.</summary>
    public int Count => _observers.Count;

    /// <summary>Gets the observers.</summary>
    public IReadOnlyDictionary<TIdentity, TObserver> Observers => _observers.ToDictionary(pair => pair.Key, pair => pair.Value.Observer);

    /// <summary>Forgets all.</summary>
    public void Clear() => _observers.Clear();

    /// <summary>Adds an observer, or makes its subscription last again.</summary>
    public void Subscribe(TIdentity id, TObserver observer) => _observers[id] = (observer, GetDateTime());

    /// <summary>Forgets an observer.</summary>
    public void Unsubscribe(TIdentity id) => _observers.Remove(id);

    /// <summary>Tells all observers, one after the other. One that fails is forgotten.</summary>
    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ClearExpired();
        foreach (var (id, (observer, _)) in Chosen(predicate))
        {
            try
            {
                await notification(observer);
            }
            catch (Exception failure)
            {
                Forget(id, failure);
            }
        }
    }

    /// <summary>Tells all observers, one after the other. One that fails is forgotten.</summary>
    public void Notify(Action<TObserver> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        ClearExpired();
        foreach (var (id, (observer, _)) in Chosen(predicate))
        {
            try
            {
                notification(observer);
            }
            catch (Exception failure)
            {
                Forget(id, failure);
            }
        }
    }

    /// <summary>Forgets those whose subscription has ended.</summary>
    public void ClearExpired()
    {
        var now = GetDateTime();
        foreach (var (id, _) in _observers.Where(pair => pair.Value.LastSeen + ExpirationDuration < now).ToList())
        {
            _observers.Remove(id);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<TObserver> GetEnumerator() => _observers.Values.Select(entry => entry.Observer).ToList().GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // A copy, since observers come and go while others are being told.
    private List<KeyValuePair<TIdentity, (TObserver Observer, DateTime LastSeen)>> Chosen(Func<TObserver, bool>? predicate) =>
        [.. _observers.Where(pair => predicate is null || predicate(pair.Value.Observer))];

    private void Forget(TIdentity id, Exception failure)
    {
        _log.LogDebug(failure, "Observer {Observer} failed and is forgotten", id);
        _observers.Remove(id);
    }
}
