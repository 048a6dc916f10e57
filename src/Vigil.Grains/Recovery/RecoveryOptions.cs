using System.ComponentModel.DataAnnotations;

namespace Vigil.Grains.Recovery;

/// <summary>How a silo finds and takes over unwatched executions.</summary>
public sealed class RecoveryOptions
{
    /// <summary>The configuration section of these options.</summary>
    public const string SectionName = "Vigil:Recovery";

    /// <summary>Gets or sets the interval of the audit, which also runs whenever a silo joins or leaves. Default: 15 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan AuditInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets or sets how many executions a silo wakes per second at most. Default: 2,000.</summary>
    [Range(1, 100_000)]
    public int MaxWakesPerSecond { get; set; } = 2_000;
}

[OptionsValidator]
internal sealed partial class RecoveryOptionsValidator : IValidateOptions<RecoveryOptions>;
