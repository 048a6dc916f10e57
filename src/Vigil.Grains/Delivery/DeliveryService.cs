using Vigil.Grains.Recovery;

namespace Vigil.Grains.Delivery;

/// <summary>
/// Delivers events to durable subscribers. Deliveries are rows written in the same transaction as the state they report; each silo leases due ones, attempts
/// them and settles them. Only the oldest open delivery per execution and destination is leased, so events arrive at least once and in order.
/// </summary>
internal sealed partial class DeliveryService(
    IVigilStore store,
    StoreHealth health,
    DeliveryAttempts attempts,
    SiloMembers members,
    IOptions<DeliveryOptions> options,
    IOptions<StoppingOptions> stopping,
    TimeProvider time,
    ILogger<DeliveryService> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly Backoff Retries = new(Interval, TimeSpan.FromSeconds(15));

    // Most events have no durable subscriber; batching keeps a busy silo from querying the store after each event.
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _slots = new(options.Value.MaxConcurrentDeliveries);
    private TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(DeliveryService), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose()
    {
        _stopping.Dispose();
        _slots.Dispose();
    }

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Deliveries in flight are settled here; otherwise another silo could take them over only after their leases expire.
        await SettleAllAsync().WaitAsync(stopping.Value.DeliveriesTimeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SettleAllAsync()
    {
        for (var slot = 0; slot < options.Value.MaxConcurrentDeliveries; slot++)
        {
            await _slots.WaitAsync(CancellationToken.None);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await health.WhenWritableAsync(cancellationToken);
                await RoundAsync(cancellationToken);
                failures = 0;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failures++;
                LogUnreachable(health.FailureLevel, e);
                await Task.Delay(Retries.Delay(failures, Random.Shared), time, cancellationToken);
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        _slots.Release();

        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _settled, settled);
        var head = await store.ReadEventHeadAsync(cancellationToken);
        var now = time.GetUtcNow();
        var leased = await store.LeaseDeliveriesAsync(members.Self, now, now + (2 * options.Value.Timeout), _slots.CurrentCount);
        foreach (var delivery in leased)
        {
            await _slots.WaitAsync(cancellationToken);
            _ = DeliverAsync(delivery);
        }

        if (leased.IsEmpty)
        {
            await WaitForMoreAsync(head, settled.Task, cancellationToken);
        }
    }

    // Wakes on a new event, on a settled delivery (the next one in order is then due), or after the interval.
    private async Task WaitForMoreAsync(long head, Task settled, CancellationToken cancellationToken)
    {
        using var wakeUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(store.WaitForEventAsync(head, wakeUp.Token), settled, Task.Delay(Interval, time, wakeUp.Token));
        await wakeUp.CancelAsync();
        await Task.Delay(BatchDelay, time, cancellationToken);
    }

    private async Task DeliverAsync(StoredDelivery delivery)
    {
        try
        {
            var outcome = await attempts.TryAsync(delivery, members.Self);
            await store.SettleDeliveriesAsync([outcome]);
        }
        catch (Exception e)
        {
            // Whether delivered or not, it is leased again once its lease expires, and sent with the same event id.
            LogNotSettled(health.FailureLevel, delivery.Id, e);
        }
        finally
        {
            _slots.Release();
            Volatile.Read(ref _settled).TrySetResult();
        }
    }

    [LoggerMessage(EventId = 4002, Message = "Deliveries could not be read; retrying")]
    private partial void LogUnreachable(LogLevel level, Exception exception);

    [LoggerMessage(EventId = 4004, Message = "Delivery {DeliveryId} could not be settled; it is repeated when its lease expires")]
    private partial void LogNotSettled(LogLevel level, long deliveryId, Exception exception);
}
