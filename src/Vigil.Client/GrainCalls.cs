using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Vigil.Client;

/// <summary>
/// Retries grain calls that fail because a silo died or the grain moved. Calls to a dead silo fail until the membership has declared it dead. All
/// commands of an execution are idempotent, so they are safe to retry.
/// </summary>
internal sealed class GrainCalls(TimeProvider time)
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(15);

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddTimeout(TotalTimeout)
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<OrleansException>().Handle<TimeoutException>().Handle<TimeoutRejectedException>(),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(1),
            UseJitter = true, // Callers of a dead silo must not retry in lockstep.
        })
        .AddTimeout(AttemptTimeout)
        .Build();

    /// <summary>Retries the call until it succeeds, for at most 15 seconds.</summary>
    /// <exception cref="VigilUnavailableException">No silo answered in time.</exception>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        Exception? last = null;
        try
        {
            return await _pipeline.ExecuteAsync(CallOnceAsync, cancellationToken);
        }
        catch (TimeoutRejectedException e)
        {
            throw new VigilUnavailableException($"No silo handled the request within {TotalTimeout.TotalSeconds:0} seconds.", inner: last ?? e);
        }

        async ValueTask<T> CallOnceAsync(CancellationToken attemptCancelled)
        {
            try
            {
                // Most grain methods take no cancellation token, so only the wait is cancelled.
                return await call().WaitAsync(attemptCancelled);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                last = e;
                throw;
            }
        }
    }
}
