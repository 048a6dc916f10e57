using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling.Starts;

/// <summary>Claims a start, sends it once, and reports its outcome until the grain has recorded it.</summary>
internal sealed class Submitter(ConnectionScope scope, PlatformClient client, GrainCalls calls, StartQueue queue)
{
    public async Task SubmitAsync(QueuedStart start)
    {
        try
        {
            if (await ClaimAndSendAsync(start) is { } report)
            {
                // Only this silo knows the outcome, so it is reported even if the execution was forgotten meanwhile.
                await calls.ReportAsync(start.ExecutionId, report, static () => true);
            }
        }
        finally
        {
            lock (scope.Lock)
            {
                queue.End(start);
            }

            scope.Signal.Set();
        }
    }

    private async Task<LifecycleInput.Report?> ClaimAndSendAsync(QueuedStart start)
    {
        if (await IsInVainAsync(start))
        {
            return null;
        }

        // A claim without an answer may have succeeded, so this silo claims again and the grain decides. It does so even if the start was forgotten: an
        // activation whose write failed makes the poller forget the start although the claim may have been stored.
        var claimedAt = TimeSpan.Zero;
        var (succeeded, permit) = await calls.CallAsync(
            start.ExecutionId,
            grain =>
            {
                claimedAt = scope.Clock.Now;
                return grain.ClaimAsync(scope.Services.Silo);
            },
            () => !scope.Draining.IsCancellationRequested);
        if (!succeeded || permit is null)
        {
            lock (scope.Lock)
            {
                scope.Starts.Refund();
            }

            return null;
        }

        if (HasExpired(permit, claimedAt) || start.Forgotten || scope.Draining.IsCancellationRequested)
        {
            scope.Services.Log.StartNotSent(start.ExecutionId, permit.SendBefore);
            return new LifecycleInput.NotSent(permit.ClaimNumber);
        }

        return await SendAsync(start, permit, claimedAt);
    }

    // A platform that does not even answer its cheapest request is not tried with a start, which would be lost.
    private async Task<bool> IsInVainAsync(QueuedStart start)
    {
        lock (scope.Lock)
        {
            if (!queue.IsTrial(start))
            {
                return false;
            }
        }

        var isSilent = await client.Probe.ProbeAsync() is ProbeResult.Silent;
        if (isSilent)
        {
            lock (scope.Lock)
            {
                queue.PutBack(start, scope.LastError!);
                scope.Starts.Refund();
            }
        }

        return isSilent;
    }

    private void Learn(QueuedStart start, PlatformError? error)
    {
        var isUnclear = error is { CertainlyNotActedOn: false } && !(error.StatusCode is { } status && RefusedStatuses.Contains(status));
        lock (scope.Lock)
        {
            queue.Answer(start, isUnclear ? error : null);
        }

        scope.Signal.Set();
    }

    // Checks the monotonic clock as well, since the system clock may be set back between claiming and sending. A cluster that takes over the store may send
    // the same start.
    private bool HasExpired(SendPermit permit, TimeSpan claimedAt) =>
        !scope.Services.MayAct() || scope.Clock.UtcNow >= permit.SendBefore || scope.Clock.Now - claimedAt >= LifecycleLimits.SendWindow;

    private async Task<LifecycleInput.Report> SendAsync(QueuedStart start, SendPermit permit, TimeSpan claimedAt)
    {
        var reply = await client.CallAsync(
            scope.Starts,
            permit.RetryOf is null ? "start" : "retry",
            async token =>
            {
                if (HasExpired(permit, claimedAt) || start.Forgotten)
                {
                    // Reached only when repeated with a fresh credential, after a first request that was certainly not acted on.
                    throw new PlatformException(new(
                        PlatformErrorKind.Transient, "claim_expired", "The claim expired, or the start is no longer needed.", CertainlyNotActedOn: true));
                }

                if (permit.RetryOf is not { } run)
                {
                    return await scope.Platform.SubmitAsync(permit.Request!, token);
                }

                await scope.Platform.RetryAsync(run, token);
                return new Submitted(run.RemoteId);
            },
            scope.Stopped);
        Learn(start, reply.Error);
        return reply.Error is { } error
            ? new LifecycleInput.SubmitFailed(permit.ClaimNumber, error, reply.ReceivedAt)
            : new LifecycleInput.Confirmed(permit.ClaimNumber, reply.Value!, reply.SentAt, reply.ReceivedAt);
    }
}
