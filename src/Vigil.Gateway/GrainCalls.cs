using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Vigil.Gateway;

/// <summary>
/// Retries grain calls that were not answered because a silo died or the grain moved. Some calls fail until membership has declared a dead silo
/// dead; every command of an execution is safe to repeat, so callers do not notice.
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
            UseJitter = true, // Keeps the callers of a dead silo from coming back in step.
        })
        .AddTimeout(AttemptTimeout)
        .Build();

    /// <summary>Retries the call until it is answered, for at most 15 seconds.</summary>
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
            throw new VigilUnavailableException($"No silo took the request within {TotalTimeout.TotalSeconds:0} seconds: {(last ?? e).Message}");
        }

        async ValueTask<T> CallOnceAsync(CancellationToken cancelled)
        {
            try
            {
                // A grain call knows no cancellation: it is left behind.
                return await call().WaitAsync(cancelled);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                last = e;
                throw;
            }
        }
    }
}
