using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Utilities;

/// <summary>The observers of a grain. Who does not subscribe again in time is forgotten.</summary>
/// <typeparam name="TObserver">The observers' interface.</typeparam>
public class ObserverManager<TObserver> : ObserverManager<IAddressable, TObserver>
{
    /// <summary>Initializes a new instance of the <see cref="ObserverManager{TObserver}"/> class.</summary>
    public ObserverManager(TimeSpan expiration, ILogger log)
        : base(expiration, log)
    {
    }
}

/// <summary>The observers of a grain. Who does not subscribe again in time is forgotten.</summary>
/// <typeparam name="TIdentity">What tells observers apart.</typeparam>
/// <typeparam name="TObserver">The observers' interface.</typeparam>
public class ObserverManager<TIdentity, TObserver>
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

    /// <summary>Adds an observer, or makes its subscription last again.</summary>
    public void Subscribe(TIdentity id, TObserver observer) => _observers[id] = (observer, GetDateTime());

    /// <summary>Forgets an observer.</summary>
    public void Unsubscribe(TIdentity id) => _observers.Remove(id);

    /// <summary>Tells all observers, one after the other. One that fails is forgotten.</summary>
    public async Task Notify(Func<TObserver, Task> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var now = GetDateTime();

        // A copy, since observers come and go while others are being told.
        foreach (var (id, (observer, lastSeen)) in _observers.ToList())
        {
            if (lastSeen + ExpirationDuration < now)
            {
                _observers.Remove(id);
            }
            else if (predicate is null || predicate(observer))
            {
                try
                {
                    await notification(observer);
                }
                catch (Exception failure)
                {
                    _log.LogDebug(failure, "Observer {Observer} failed and is forgotten", id);
                    _observers.Remove(id);
                }
            }
        }
    }

    /// <summary>Tells all observers, one after the other. One that fails is forgotten.</summary>
    public void Notify(Action<TObserver> notification, Func<TObserver, bool>? predicate = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        _ = Notify(
            observer =>
            {
                notification(observer);
                return Task.CompletedTask;
            },
            predicate);
    }
}
