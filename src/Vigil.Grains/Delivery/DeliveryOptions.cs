using System.ComponentModel.DataAnnotations;

namespace Vigil.Grains.Delivery;

/// <summary>How events are delivered to durable subscribers.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The configuration section of these options.</summary>
    public const string SectionName = "Vigil:Delivery";

    /// <summary>Gets or sets how many deliveries may be in flight per silo. Default: 256.</summary>
    [Range(1, 10_000)]
    public int MaxConcurrentDeliveries { get; set; } = 256;

    /// <summary>Gets or sets the timeout of one delivery. The leases of a silo that crashes expire after twice that. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

[OptionsValidator]
internal sealed partial class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>;
