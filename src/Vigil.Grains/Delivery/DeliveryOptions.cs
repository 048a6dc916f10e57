using System.ComponentModel.DataAnnotations;

namespace Vigil.Grains.Delivery;

/// <summary>How events are delivered to durable subscribers.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The configuration section that they are read from.</summary>
    public const string SectionName = "Vigil:Delivery";

    /// <summary>Gets or sets how many deliveries of a silo may be in flight. Default: 256.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentDeliveries { get; set; } = 256;

    /// <summary>Gets or sets how long one delivery may take. A silo that dies holds its deliveries for twice as long. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>;
