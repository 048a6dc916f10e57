namespace Vigil.Grains.Connections;

/// <summary>What a connection's grain stores.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ConnectionRecord")]
internal sealed record ConnectionRecord
{
    /// <summary>Gets where the connection stands.</summary>
    [Id(0)] public ConnectionHealth Health { get; init; } = new(Suspended: false);
}
