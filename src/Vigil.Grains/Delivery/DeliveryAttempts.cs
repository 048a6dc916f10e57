using System.Collections.Concurrent;
using Polly;

namespace Vigil.Grains.Delivery;

/// <summary>Attempts single deliveries and decides their outcome.</summary>
internal sealed partial class DeliveryAttempts(
    IGrainFactory grains, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<DeliveryAttempts> logger)
{
    private readonly ResiliencePipeline _timeout = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(options.Value.Timeout).Build();

    // Breakers are expensive to create, so a destination has one only from its first failure to its next success.
    private readonly ConcurrentDictionary<string, CircuitBreaker> _breakers = new(StringComparer.Ordinal);

    /// <summary>Attempts a delivery once. Failures are returned as an outcome, not thrown.</summary>
    public async Task<DeliveryOutcome> TryAsync(StoredDelivery delivery, string worker)
    {
        _breakers.TryGetValue(delivery.Destination, out var breaker);
        try
        {
            if (breaker is null)
            {
                await CallAsync(delivery.Destination, delivery.Event);
            }
            else if (await breaker.TryAsync(() => CallAsync(delivery.Destination, delivery.Event)) is { } blockedUntil)
            {
                return new(delivery.Id, worker, blockedUntil, "The destination is suspended after consecutive failures.");
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

    // Completes once the subscriber has handled the event. A repeated event has the same id and content.
    private Task CallAsync(string destination, StoredEvent stored) => GrainDestination.TryParse(destination, out var grainId)
        ? _timeout.ExecuteAsync(
            async token => await grains.GetGrain<IExecutionSubscriber>(grainId).OnEventAsync(stored.Read()).WaitAsync(token)).AsTask()
        : throw new NotSupportedException($"'{destination}' is not a destination that this version of Vigil supports.");

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

    [LoggerMessage(4001, LogLevel.Error, "Delivery {DeliveryId} of execution {ExecutionId} to {Destination} failed and will not be retried")]
    private partial void LogDead(long deliveryId, string destination, string executionId, Exception exception);

    [LoggerMessage(4003, LogLevel.Warning, "Destination {Destination} is suspended after consecutive failures")]
    private partial void LogDestinationSuspended(string destination);
}
