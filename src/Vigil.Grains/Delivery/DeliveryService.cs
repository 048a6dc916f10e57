using Vigil.Grains.Recovery;

namespace Vigil.Grains.Delivery;

/// <summary>
/// Tells durable subscribers. Deliveries are rows that were written with the state they tell of; each silo leases some that are due, of each
/// execution and destination only the first open one, tries them, and settles them. So each arrives at least once and in order.
/// </summary>
internal sealed partial class DeliveryService(
    IVigilStore store,
    DeliveryAttempts attempts,
    SiloMembers members,
    IOptions<DeliveryOptions> options,
    IOptions<StoppingOptions> stopping,
    TimeProvider time,
    ILogger<DeliveryService> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Most events have no durable subscriber: gathering keeps a busy silo from asking after each of them.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

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

        // What is on its way is settled here: the others would have to wait for its lease to run out.
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
        while (true)
        {
            try
            {
                await RoundAsync(cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                LogUnreachable(e);
                await Task.Delay(Interval, time, cancellationToken);
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

    // More comes with an event, with a settled delivery (the next in order is due then), or with time.
    private async Task WaitForMoreAsync(long head, Task settled, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(store.WaitForEventAsync(head, enough.Token), settled, Task.Delay(Interval, time, enough.Token));
        await enough.CancelAsync();
        await Task.Delay(Gathering, time, cancellationToken);
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
            // Delivered or not, it is leased again when its lease has run out, and told under the same id.
            LogNotSettled(delivery.Id, e);
        }
        finally
        {
            _slots.Release();
            Volatile.Read(ref _settled).TrySetResult();
        }
    }

    [LoggerMessage(4002, LogLevel.Warning, "Deliveries could not be read; trying again")]
    private partial void LogUnreachable(Exception exception);

    [LoggerMessage(4004, LogLevel.Warning, "Delivery {DeliveryId} could not be settled; it is repeated when its lease has run out")]
    private partial void LogNotSettled(long deliveryId, Exception exception);
}
