using System.ComponentModel.DataAnnotations;

namespace Vigil.Grains.Polling;

/// <summary>How a silo polls. What belongs to one account on a platform, such as its budget, is in <see cref="ConnectionOptions"/>.</summary>
public sealed class PollingOptions
{
    /// <summary>The configuration section that they are read from.</summary>
    public const string SectionName = "Vigil:Polling";

    /// <summary>Gets or sets how many requests of one connection may be in flight, beside starts. Default: 128.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentRequests { get; set; } = 128;

    /// <summary>Gets or sets how many starts of one connection may be in flight. Default: 64.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentStarts { get; set; } = 64;

    /// <summary>Gets or sets how many reports to executions may be in flight on a silo. Default: 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxConcurrentReports { get; set; } = 2_000;

    /// <summary>
    /// Gets or sets the longest time between two polls to which a cadence grows: for runs that are old, await input, or are pushed. Default: 15 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxCadence { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets the longest delay before a run is polled again after failures in a row. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxErrorDelay { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class PollingOptionsValidator : IValidateOptions<PollingOptions>;
