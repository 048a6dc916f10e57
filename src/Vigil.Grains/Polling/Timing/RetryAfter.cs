namespace Vigil.Grains.Polling.Timing;

/// <summary>The delay from a platform's Retry-After header, limited so that a platform cannot stop a connection for an hour.</summary>
internal static class RetryAfter
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static TimeSpan Bounded(TimeSpan requested) => requested > Limit ? Limit : requested > TimeSpan.Zero ? requested : TimeSpan.Zero;

    /// <summary>Returns our own delay, or the platform's if that is longer.</summary>
    public static TimeSpan OrLonger(TimeSpan delay, TimeSpan? requested) =>
        requested is { } value && Bounded(value) is var bounded && bounded > delay ? bounded : delay;
}
