namespace Vigil.Grains.Polling.Timing;

/// <summary>The time between two polls of a run, measured from one request to the next.</summary>
internal static class Cadence
{
    private static readonly TimeSpan AwaitingInput = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Aged = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Old = TimeSpan.FromHours(1);

    /// <summary>Returns the time for a run; growing from its start would be worse than a fixed time for runs of minutes.</summary>
    /// <param name="configured">What the connection or the platform sets.</param>
    /// <param name="status">Where the run stands.</param>
    /// <param name="age">How long it is watched.</param>
    /// <param name="pushIsLive">Whether the platform's hints have been coming for it.</param>
    /// <param name="limit">How far it grows.</param>
    public static TimeSpan Of(TimeSpan configured, ExecutionStatus status, TimeSpan age, bool pushIsLive, TimeSpan limit)
    {
        var rest = status == ExecutionStatus.AwaitingInput ? Max(configured, AwaitingInput) : configured;
        var grown = rest * (age >= Old ? 5 : age >= Aged ? 2 : 1) * (pushIsLive ? 4 : 1);
        return Min(grown, Max(configured, limit));
    }

    /// <summary>Returns a time close to the given one, so that runs which were asked about together drift apart.</summary>
    public static TimeSpan Jittered(TimeSpan cadence, Random random) => cadence * (0.95 + (random.NextDouble() / 10));

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
