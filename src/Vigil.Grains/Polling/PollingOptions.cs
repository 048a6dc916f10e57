using System.ComponentModel.DataAnnotations;

namespace Vigil.Grains.Polling;

/// <summary>How a silo polls. Settings of a single connection, such as its budget, are in <see cref="ConnectionOptions"/>.</summary>
public sealed class PollingOptions
{
    /// <summary>The configuration section of these options.</summary>
    public const string SectionName = "Vigil:Polling";

    /// <summary>Gets or sets how many requests of one connection, not counting starts, may be in flight. Default: 128.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentRequests { get; set; } = 128;

    /// <summary>Gets or sets how many starts of one connection may be in flight. Default: 64.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentStarts { get; set; } = 64;

    /// <summary>Gets or sets how many reports to executions may be in flight on a silo. Default: 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentReports { get; set; } = 2_000;

    /// <summary>Gets or sets the maximum time between two polls of a run that is old, awaits input, or is pushed. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxCadence { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets the maximum delay before a run is polled again after consecutive failures. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxErrorDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long a platform must not know a run, while it finds other things, before the run is lost; five times as long if nothing else can be
    /// found. Default: 2 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan NotFoundConfirmation { get; set; } = LifecycleLimits.NotFoundConfirmation;
}

[OptionsValidator]
internal sealed partial class PollingOptionsValidator : IValidateOptions<PollingOptions>;
