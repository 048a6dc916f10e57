using System.Runtime.CompilerServices;

namespace Vigil.Client;

public sealed partial class ExecutionGateway
{
    /// <summary>Waits until the execution ends, the wait times out, or this process stops; <see cref="Execution.Terminal"/> of the result shows whether it ended.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="sinceVersion">Also returns when the version differs from this one; null to wait only for the end.</param>
    /// <param name="cancellationToken">Cancels the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<Execution> WaitAsync(string id, TimeSpan timeout, long? sinceVersion = null, CancellationToken cancellationToken = default)
    {
        await FindAsync(id, cancellationToken);
        using var subscription = await _feed.SubscribeAsync(id, cancellationToken);
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping, cancellationToken);
        while (true)
        {
            var execution = await GetAsync(id, cancellationToken);
            if (execution.Terminal || (sinceVersion is { } version && execution.Version != version))
            {
                return execution;
            }

            try
            {
                await subscription.Events.WaitToReadAsync(linked.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return await GetAsync(id, cancellationToken);
            }

            while (subscription.Events.TryRead(out _))
            {
                // One read of the execution covers all pending events.
            }
        }
    }

    /// <summary>Yields the current execution and then each stored change until it ends. Versions increase; a slow reader may miss some. All results but
    /// the first contain only the steps that changed, as in <see cref="ExecutionEvent.Execution"/>.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async IAsyncEnumerable<Execution> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await FindAsync(id, cancellationToken);
        using var subscription = await _feed.SubscribeAsync(id, cancellationToken);
        var current = await GetAsync(id, cancellationToken);
        yield return current;
        while (!current.Terminal && await subscription.Events.WaitToReadAsync(cancellationToken))
        {
            while (subscription.Events.TryRead(out var stored))
            {
                if (stored.Version > current.Version)
                {
                    current = stored.Read().Execution;
                    yield return current;
                }
            }
        }
    }
}
