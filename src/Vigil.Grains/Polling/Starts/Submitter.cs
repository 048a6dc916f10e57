using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling.Starts;

/// <summary>Claims one start, sends it once, and reports how that went until the grain has taken it.</summary>
internal sealed class Submitter(ConnectionScope scope, PlatformClient client, GrainCalls calls, StartQueue queue)
{
    public async Task SubmitAsync(QueuedStart start)
    {
        try
        {
            if (await ClaimAndSendAsync(start) is { } report)
            {
                // Nobody else can know how it went, so this is told whether the execution is still wanted here or not.
                await calls.TellAsync(start.ExecutionId, report, static () => true);
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
        // An answer that does not come says nothing of the claim, so the same silo asks again and the grain decides. Forgotten or not: an activation
        // whose write failed forgets its start, and the claim may hold all the same.
        var askedAt = TimeSpan.Zero;
        var (landed, permit) = await calls.AskAsync(
            start.ExecutionId,
            grain =>
            {
                askedAt = scope.Clock.Now;
                return grain.ClaimAsync(scope.Services.Silo);
            },
            () => !scope.Draining.IsCancellationRequested);
        if (!landed || permit is null)
        {
            lock (scope.Lock)
            {
                scope.Starts.Refund();
            }

            return null;
        }

        if (HasRunOut(permit, askedAt) || start.Forgotten || scope.Draining.IsCancellationRequested)
        {
            scope.Services.Log.StartNotSent(start.ExecutionId, permit.SendBefore);
            return new LifecycleInput.NotSent(permit.ClaimNumber);
        }

        return await SendAsync(start, permit, askedAt);
    }

    // The steady clock beside the calendar, which may be set back between the claim and the sending.
    private bool HasRunOut(SendPermit permit, TimeSpan askedAt) =>
        scope.Clock.UtcNow >= permit.SendBefore || scope.Clock.Now - askedAt >= LifecycleLimits.SendWindow;

    private async Task<LifecycleInput.Report> SendAsync(QueuedStart start, SendPermit permit, TimeSpan askedAt)
    {
        var reply = await client.CallAsync(
            scope.Starts,
            permit.RetryOf is null ? "start" : "retry",
            async token =>
            {
                if (HasRunOut(permit, askedAt) || start.Forgotten)
                {
                    // Reached by the second try with a fresh credential, after a first that was certainly not acted on.
                    throw new PlatformException(new(PlatformErrorKind.Transient, "claim_expired", "The claim ran out, or the start is no longer wanted.", CertainlyNotActedOn: true));
                }

                if (permit.RetryOf is not { } run)
                {
                    return await scope.Platform.SubmitAsync(permit.Request!, token);
                }

                await scope.Platform.RetryAsync(run, token);
                return new Submitted(run.RemoteId);
            },
            scope.Stopped);
        return reply.Error is { } error
            ? new LifecycleInput.SubmitFailed(permit.ClaimNumber, error)
            : new LifecycleInput.Confirmed(permit.ClaimNumber, reply.Value!, reply.SentAt, reply.ReceivedAt);
    }
}
