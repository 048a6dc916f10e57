using Orleans.Serialization;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Vigil.Client;

/// <summary>
/// Retries grain calls that fail because a silo died or the grain moved. Calls to a dead silo fail until the membership has declared it dead. All
/// commands of an execution are idempotent, so they are safe to retry.
/// </summary>
internal sealed class GrainCalls(TimeProvider time, ClusterLink? link = null)
{
    // Thousands of handles may begin to wait at once. If all of them called at once, most calls would time out in the silo's queue, and again when repeated.
    private const int MaxConcurrentCalls = 1000;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(15);

    private readonly ResiliencePipeline _calls = Pipeline(time, AttemptTimeout);

    // A platform may need longer for its answer than a silo, and must not be asked again meanwhile.
    private readonly ResiliencePipeline _platformCalls = Pipeline(time, TotalTimeout);

    /// <summary>Retries the read until any silo answers it, for at most 15 seconds; see <see cref="AnyGateway"/>.</summary>
    /// <inheritdoc cref="CallAsync{T}(Func{Task{T}}, CancellationToken)"/>
    public Task<T> ReadAsync<T>(Func<Task<T>> read, CancellationToken cancellationToken) =>
        CallAsync(() => AnyGateway.FirstAsync(read, time, cancellationToken), cancellationToken);

    /// <summary>Retries the call until it succeeds, for at most 15 seconds.</summary>
    /// <exception cref="VigilUnavailableException">No silo answered in time.</exception>
    /// <exception cref="VersionMismatchException">The silo does not know the call, or this program not the answer.</exception>
    public Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => CallAsync(_calls, call, cancellationToken);

    /// <summary>The same for a call that a silo answers with what a platform answers.</summary>
    /// <inheritdoc cref="CallAsync{T}(Func{Task{T}}, CancellationToken)"/>
    public Task<T> AskPlatformAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => CallAsync(_platformCalls, call, cancellationToken);

    /// <summary>Returns whether this is what Orleans throws for an unknown grain, method, type of an argument or an answer, or type of an exception.</summary>
    public static bool IsOfAnotherVersion(Exception exception) => exception switch
    {
        SerializerException or TypeLoadException or MissingMethodException => true,
        UnavailableExceptionFallbackException unknown => unknown.ExceptionType?.StartsWith("Vigil.", StringComparison.OrdinalIgnoreCase) == true,
        ArgumentException unknown => IsUnknownGrain(unknown),
        _ => false,
    };

    private async Task<T> CallAsync<T>(ResiliencePipeline pipeline, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        Exception? last = null;
        try
        {
            return await pipeline.ExecuteAsync(CallOnceAsync, cancellationToken);
        }
        catch (TimeoutRejectedException e)
        {
            var tried = link is null ? "" : await link.TriedAsync();
            throw new VigilUnavailableException($"No silo handled the request within {TotalTimeout.TotalSeconds:0} seconds{tried}.", inner: last ?? e);
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
            catch (ArgumentException e) when (IsUnknownGrain(e) && link?.HasConnected == false)
            {
                throw new VigilUnavailableException($"No silo has answered since this program started{await link.TriedAsync()}.", inner: e);
            }
            catch (Exception e) when (IsOfAnotherVersion(e))
            {
                throw new VersionMismatchException(VigilVersion.Current, link is null ? null : await link.VersionAsync(), e);
            }
        }
    }

    private static ResiliencePipeline Pipeline(TimeProvider time, TimeSpan attemptTimeout) => new ResiliencePipelineBuilder { TimeProvider = time }
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
        .AddConcurrencyLimiter(MaxConcurrentCalls, int.MaxValue)
        .AddTimeout(attemptTimeout)
        .Build();

    private static bool IsUnknownGrain(ArgumentException exception) =>
        exception.ParamName is null && exception.Message.StartsWith("Could not find an implementation", StringComparison.Ordinal);
}
