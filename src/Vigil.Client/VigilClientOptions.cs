namespace Vigil.Client;

/// <summary>The options of the client over Orleans.</summary>
public sealed class VigilClientOptions
{
    /// <summary>Gets or sets how long a starting host waits for a silo of the cluster before its start fails; zero to try once. Default: one minute.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromMinutes(1);
}
