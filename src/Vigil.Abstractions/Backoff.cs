namespace Vigil;

/// <summary>
/// Computes the delay before the next attempt: it grows exponentially with consecutive failures, up to a maximum, and has random jitter so that callers
/// that failed together do not retry together.
/// </summary>
/// <param name="Base">The delay after the first failure.</param>
/// <param name="Max">The longest delay, before jitter is applied.</param>
public sealed record Backoff(TimeSpan Base, TimeSpan Max)
{
    /// <summary>Gets the factor by which each further failure multiplies the delay. Default: 2.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>Gets the smallest factor that jitter multiplies a delay by. Default: 0.5.</summary>
    public double MinJitter { get; init; } = 0.5;

    /// <summary>Gets the largest factor that jitter multiplies a delay by. Default: 1.</summary>
    public double MaxJitter { get; init; } = 1;

    /// <summary>Returns the delay without jitter.</summary>
    /// <param name="failures">How many attempts in a row have failed, at least one.</param>
    public TimeSpan Delay(int failures) =>
        TimeSpan.FromTicks((long)Math.Min(Max.Ticks, Base.Ticks * Math.Pow(Factor, Math.Clamp(failures - 1, 0, 100))));

    /// <summary>Returns the delay with jitter.</summary>
    /// <param name="failures">How many attempts in a row have failed, at least one.</param>
    /// <param name="chance">The jitter, from 0 (<see cref="MinJitter"/>) to 1 (<see cref="MaxJitter"/>).</param>
    public TimeSpan Delay(int failures, double chance) => Delay(failures) * (MinJitter + ((MaxJitter - MinJitter) * chance));

    /// <summary>Returns the delay with jitter.</summary>
    /// <param name="failures">How many attempts in a row have failed, at least one.</param>
    /// <param name="random">The source of the jitter.</param>
    public TimeSpan Delay(int failures, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Delay(failures, random.NextDouble());
    }
}
