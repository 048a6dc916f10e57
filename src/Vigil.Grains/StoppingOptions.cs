using System.ComponentModel.DataAnnotations;

namespace Vigil.Grains;

/// <summary>How long a stopping silo waits for what is in flight.</summary>
public sealed class StoppingOptions
{
    /// <summary>The configuration section of these options.</summary>
    public const string SectionName = "Vigil:Stopping";

    /// <summary>
    /// Gets or sets how long a stopping process keeps serving requests, so that a load balancer notices that it is no longer ready. Default: 5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ReadinessDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets how long the whole stop may take. Default: 30 seconds. In an app that has added Vigil to a silo of its own, the host's shutdown time-out
    /// applies instead.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long to wait for the answers to starts in flight. Default: 20 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StartsTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets how long to wait for deliveries in flight. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DeliveriesTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class StoppingOptionsValidator : IValidateOptions<StoppingOptions>;
