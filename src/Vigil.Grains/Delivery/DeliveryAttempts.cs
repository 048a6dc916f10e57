using System.Collections.Concurrent;

namespace Vigil.Grains.Delivery;

/// <summary>Tries single deliveries and decides what becomes of them.</summary>
internal sealed partial class DeliveryAttempts(SubscriberCalls subscribers, TimeProvider time, ILogger<DeliveryAttempts> logger)
{
    // Of the destinations that fail at the moment: a breaker is dear to make, so one has it only from its first failure to its next success.
    private readonly ConcurrentDictionary<string, CircuitBreaker> _breakers = new(StringComparer.Ordinal);

    /// <summary>Tries one delivery once. The outcome is data, whatever happens.</summary>
    public async Task<DeliveryOutcome> TryAsync(StoredDelivery delivery, string worker)
    {
        _breakers.TryGetValue(delivery.Destination, out var breaker);
        try
        {
            if (breaker is null)
            {
                await subscribers.TellAsync(delivery.Destination, delivery.Event);
            }
            else if (await breaker.TryAsync(() => subscribers.TellAsync(delivery.Destination, delivery.Event)) is { } until)
            {
                return new(delivery.Id, worker, until, "The destination is left alone after failures in a row.");
            }

            _breakers.TryRemove(delivery.Destination, out _);
            return new(delivery.Id, worker, DueAgainAt: null, Error: null);
        }
        catch (Exception e)
        {
            if (breaker is null)
            {
                await BreakerOf(delivery.Destination).CountFailureAsync(e);
            }

            return Failed(delivery, worker, e);
        }
    }

    private CircuitBreaker BreakerOf(string destination) =>
        _breakers.GetOrAdd(destination, _ => new(time, onOpened: () => LogDestinationSuspended(destination)));

    private DeliveryOutcome Failed(StoredDelivery delivery, string worker, Exception exception)
    {
        var now = time.GetUtcNow();
        var next = DeliveryDelays.NextAttempt(delivery.CreatedAt, delivery.Attempts + 1, now, Random.Shared.NextDouble());
        if (next is null)
        {
            LogDead(delivery.Id, delivery.Destination, delivery.Event.ExecutionId, exception);
        }
        else
        {
            LogFailed(delivery.Id, delivery.Destination, delivery.Event.ExecutionId, next.Value, exception);
        }

        return new(delivery.Id, worker, next, $"{exception.GetType().Name}: {exception.Message}");
    }

    [LoggerMessage(4000, LogLevel.Warning, "Delivery {DeliveryId} of execution {ExecutionId} to {Destination} failed; next attempt at {NextAttempt}")]
    private partial void LogFailed(long deliveryId, string destination, string executionId, DateTimeOffset nextAttempt, Exception exception);

    [LoggerMessage(4001, LogLevel.Error, "Delivery {DeliveryId} of execution {ExecutionId} to {Destination} is given up")]
    private partial void LogDead(long deliveryId, string destination, string executionId, Exception exception);

    [LoggerMessage(4003, LogLevel.Warning, "Destination {Destination} is left alone for a while after failures in a row")]
    private partial void LogDestinationSuspended(string destination);
}
