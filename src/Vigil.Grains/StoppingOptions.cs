using System.ComponentModel.DataAnnotations;

namespace Vigil.Grains;

/// <summary>What a silo that stops waits for.</summary>
public sealed class StoppingOptions
{
    /// <summary>The configuration section that they are read from.</summary>
    public const string SectionName = "Vigil:Stopping";

    /// <summary>
    /// Gets or sets how long a process that is told to stop goes on answering requests, so that a load balancer notices that it is not ready any more.
    /// Default: 5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ReadinessDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets how long the whole stop may take. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long the answers to starts in flight are waited for. Default: 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StartsTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how long deliveries in flight are waited for. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DeliveriesTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class StoppingOptionsValidator : IValidateOptions<StoppingOptions>;
