namespace Vigil.Grains.Polling.Timing;

/// <summary>The wait that a platform asks for with Retry-After, bounded: no platform stops a connection for an hour.</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static TimeSpan Bounded(TimeSpan asked) => asked > Limit ? Limit : asked > TimeSpan.Zero ? asked : TimeSpan.Zero;

    /// <summary>Returns our own delay, or what the platform asks for where that is longer.</summary>
    public static TimeSpan OrLonger(TimeSpan delay, TimeSpan? asked) => asked is { } value && Bounded(value) is var bounded && bounded > delay ? bounded : delay;
}
