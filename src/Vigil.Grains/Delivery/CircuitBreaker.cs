using Polly;
using Polly.CircuitBreaker;

namespace Vigil.Grains.Delivery;

/// <summary>
/// Keeps the deliveries of a destination that does not answer from taking the places of others: after some failures in a row it is left alone
/// for a while, then one delivery tries it.
/// </summary>
internal sealed class CircuitBreaker
{
    public const int FailuresToOpen = 5;
    private static readonly Backoff Breaks = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

    private readonly ResiliencePipeline _pipeline;
    private readonly TimeProvider _time;

    /// <summary>Makes a closed breaker.</summary>
    /// <param name="time">The time.</param>
    /// <param name="onOpened">Called when it opens, but not when the one that tries fails as well.</param>
    public CircuitBreaker(TimeProvider time, Action onOpened)
    {
        _time = time;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 1,
                MinimumThroughput = FailuresToOpen,
                SamplingDuration = TimeSpan.FromDays(1),
                ShouldHandle = attempt => new(attempt.Outcome.Exception is not null), // A cancelled call failed as well.
                BreakDurationGenerator = opened => new(Breaks.Delay(opened.HalfOpenAttempts + 1)),
                OnOpened = opened =>
                {
                    if (opened.BreakDuration == Breaks.Base)
                    {
                        onOpened();
                    }

                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    /// <summary>Counts a failure of a call that was made without the breaker.</summary>
    public async Task CountFailureAsync(Exception failure)
    {
        var context = ResilienceContextPool.Shared.Get();
        await _pipeline.ExecuteOutcomeAsync(static (_, e) => new ValueTask<Outcome<bool>>(Outcome.FromException<bool>(e)), context, failure);
        ResilienceContextPool.Shared.Return(context);
    }

    /// <summary>Makes a call unless the destination is to be left alone; returns until when, or null where the call was made and succeeded.</summary>
    public async Task<DateTimeOffset?> TryAsync(Func<Task> call)
    {
        var called = false;
        try
        {
            await _pipeline.ExecuteAsync(async _ =>
            {
                called = true;
                await call();
            });
            return null;
        }
        catch (BrokenCircuitException e) when (!called)
        {
            return _time.GetUtcNow() + (e.RetryAfter ?? Breaks.Base);
        }
    }
}
