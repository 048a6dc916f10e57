namespace Vigil.Client;

public sealed partial class ExecutionGateway
{
    /// <summary>Waits until the execution ends, the wait times out, or this process stops; <see cref="Execution.Terminal"/> of the result shows whether it ended.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="timeout">How long to wait, at most <see cref="RequestLimits.MaxWait"/>.</param>
    /// <param name="sinceVersion">Also returns when the version differs from this one; null to wait only for the end.</param>
    /// <param name="cancellationToken">Cancels the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<Execution> WaitAsync(string id, TimeSpan timeout, long? sinceVersion = null, CancellationToken cancellationToken = default)
    {
        CheckId(id);
        using var deadline = new CancellationTokenSource(timeout < RequestLimits.MaxWait ? timeout : RequestLimits.MaxWait, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping, cancellationToken);
        try
        {
            using var subscription = await _feed.SubscribeAsync(id, endsOnly: sinceVersion is null, linked.Token);
            while (true)
            {
                // What is stored says whether the wait is over; the grain is asked only for an answer that goes out.
                var stored = await FindAsync(id, cancellationToken);
                if (stored.Terminal)
                {
                    return stored;
                }

                if (sinceVersion is { } version && stored.Version != version)
                {
                    return await GetAsync(id, cancellationToken);
                }

                await subscription.WaitAsync(linked.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return await GetAsync(id, cancellationToken);
        }
    }
}
