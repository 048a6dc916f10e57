namespace Vigil;

/// <summary>
/// The delays between attempts at something that keeps failing: they grow with each failure in a row, up to a limit, and are spread by chance so that those
/// who failed together do not return together.
/// </summary>
/// <param name="Base">The delay after the first failure.</param>
/// <param name="Max">The longest delay before jitter.</param>
public sealed record Backoff(TimeSpan Base, TimeSpan Max)
{
    /// <summary>Gets by how much each further failure multiplies the delay. Default: 2.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>Gets the least share of a delay that jitter leaves. Default: 0.5.</summary>
    public double MinJitter { get; init; } = 0.5;

    /// <summary>Gets the largest share of a delay that jitter makes of it. Default: 1.</summary>
    public double MaxJitter { get; init; } = 1;

    /// <summary>Returns the delay without jitter.</summary>
    /// <param name="failures">How many attempts in a row have failed, at least one.</param>
    public TimeSpan Delay(int failures) =>
        TimeSpan.FromTicks((long)Math.Min(Max.Ticks, Base.Ticks * Math.Pow(Factor, Math.Clamp(failures - 1, 0, 100))));

    /// <summary>Returns the delay with jitter.</summary>
    /// <param name="failures">How many attempts in a row have failed, at least one.</param>
    /// <param name="chance">Where between the least and the largest share the delay lies, from 0 to 1.</param>
    public TimeSpan Delay(int failures, double chance) => Delay(failures) * (MinJitter + ((MaxJitter - MinJitter) * chance));

    /// <summary>Returns the delay with jitter.</summary>
    /// <param name="failures">How many attempts in a row have failed, at least one.</param>
    /// <param name="random">What decides the jitter.</param>
    public TimeSpan Delay(int failures, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Delay(failures, random.NextDouble());
    }
}
