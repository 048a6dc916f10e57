namespace Vigil.Grains.Polling.Timing;

/// <summary>The time between two polls of a run, measured from one request to the next.</summary>
internal static class Cadence
{
    private static readonly TimeSpan AwaitingInput = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Aged = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Old = TimeSpan.FromHours(1);

    /// <summary>Returns the time for a run. It stays fixed for the first minutes, since most runs are short.</summary>
    /// <param name="configured">The configured cadence of the connection.</param>
    /// <param name="status">The run's status.</param>
    /// <param name="age">How long the run has been watched.</param>
    /// <param name="pushIsLive">Whether push messages for the run are arriving.</param>
    /// <param name="limit">The maximum, unless the configured cadence is longer.</param>
    public static TimeSpan Of(TimeSpan configured, ExecutionStatus status, TimeSpan age, bool pushIsLive, TimeSpan limit)
    {
        var cadence = status == ExecutionStatus.AwaitingInput ? Max(configured, AwaitingInput) : configured;
        var grown = cadence * (age >= Old ? 5 : age >= Aged ? 2 : 1) * (pushIsLive ? 4 : 1);
        return Min(grown, Max(configured, limit));
    }

    /// <summary>Varies a time by up to 5 %, so that runs polled together drift apart.</summary>
    public static TimeSpan Jittered(TimeSpan cadence, Random random) => cadence * (0.95 + (random.NextDouble() / 10));

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
