using Polly;
using Polly.CircuitBreaker;

namespace Vigil.Grains.Delivery;

/// <summary>
/// Prevents a failing destination from occupying the delivery slots of others: after some consecutive failures its deliveries are postponed for a while,
/// then a single delivery probes it.
/// </summary>
internal sealed class CircuitBreaker
{
    public const int FailuresToOpen = 5;
    private static readonly Backoff Breaks = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

    private readonly ResiliencePipeline _pipeline;
    private readonly TimeProvider _time;

    /// <param name="time">The clock.</param>
    /// <param name="onOpened">Called when the breaker opens, but not when it reopens after a failed probe.</param>
    public CircuitBreaker(TimeProvider time, Action onOpened)
    {
        _time = time;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 1,
                MinimumThroughput = FailuresToOpen,
                SamplingDuration = TimeSpan.FromDays(1),
                ShouldHandle = attempt => new(attempt.Outcome.Exception is not null), // A cancelled call counts as a failure.
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

    /// <summary>Records the failure of a call that was made without the breaker.</summary>
    public async Task CountFailureAsync(Exception failure)
    {
        var context = ResilienceContextPool.Shared.Get();
        await _pipeline.ExecuteOutcomeAsync(static (_, e) => new ValueTask<Outcome<bool>>(Outcome.FromException<bool>(e)), context, failure);
        ResilienceContextPool.Shared.Return(context);
    }

    /// <summary>Makes the call if the breaker allows it; returns null on success, or the time until which calls are blocked.</summary>
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
