using Vigil.Grains.Polling;

namespace Vigil.Grains.Recovery;

/// <summary>
/// Runs the audit when the silo becomes active, at every membership change, when the store is back and at an interval, together with the queues that it fills. Also updates the
/// number of silos that share the request budgets.
/// </summary>
internal sealed partial class RecoveryService(
    ExecutionAudit audit,
    WakeQueue wakes,
    OwnerCorrections owners,
    SiloMembers members,
    StoreHealth store,
    BudgetShare share,
    IOptions<RecoveryOptions> options,
    TimeProvider time,
    ILogger<RecoveryService> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly Backoff Retries = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstAudit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    /// <summary>Gets a task that completes after the first successful audit, when everything this silo must watch is watched or queued.</summary>
    public Task FirstAudit => _firstAudit.Task;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(RecoveryService), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        var token = _stopping.Token;
        share.Silos = members.Active.Length;
        _running = Task.WhenAll(
            Task.Run(() => AuditAsync(token), CancellationToken.None),
            Task.Run(() => FollowMembershipAsync(token), CancellationToken.None),
            Task.Run(() => wakes.RunAsync(token), CancellationToken.None),
            Task.Run(() => owners.RunAsync(token), CancellationToken.None));
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AuditAsync(CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            // Taken before the pass, so that a change during it triggers the next pass at once.
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _changed, changed);
            var recovery = store.NextRecovery;
            failures = await TryPassAsync(cancellationToken) ? 0 : failures + 1;
            var delay = failures == 0 ? options.Value.AuditInterval * (0.8 + (0.4 * Random.Shared.NextDouble())) : Retries.Delay(failures, Random.Shared);
            await Task.WhenAny(Task.Delay(delay, time, cancellationToken), changed.Task, recovery);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> TryPassAsync(CancellationToken cancellationToken)
    {
        try
        {
            await audit.PassAsync(cancellationToken);
            _firstAudit.TrySetResult();
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogAuditFailed(store.FailureLevel, e);
            return false;
        }
    }

    private async Task FollowMembershipAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in members.Changes.WithCancellation(cancellationToken))
        {
            share.Silos = members.Active.Length;
            Volatile.Read(ref _changed).TrySetResult();
        }
    }

    [LoggerMessage(EventId = 3000, Message = "The audit failed; it is retried")]
    private partial void LogAuditFailed(LogLevel level, Exception exception);
}
