using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Embedded;
using Orleans.Runtime;

namespace Orleans.TestingHost;

/// <summary>One silo of a test cluster.</summary>
public abstract class SiloHandle : IAsyncDisposable
{
    /// <summary>Gets or sets the number of the silo.</summary>
    public short InstanceNumber { get; set; }

    /// <summary>Gets or sets the silo's name.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Gets or sets the silo's address.</summary>
    public SiloAddress SiloAddress { get; set; } = null!;

    /// <summary>Gets a value indicating whether the silo was neither stopped nor killed.</summary>
    public abstract bool IsActive { get; }

    /// <summary>Stops the silo.</summary>
    public abstract Task StopSiloAsync(bool stopGracefully);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <inheritdoc/>
    public override string ToString() => SiloAddress.ToString();
}

/// <summary>One silo of a test cluster, in this process.</summary>
public class InProcessSiloHandle : SiloHandle
{
    private bool _isActive = true;

    /// <summary>Gets the host of the silo.</summary>
    public IHost SiloHost { get; init; } = null!;

    /// <summary>Gets the services of the silo.</summary>
    public IServiceProvider ServiceProvider => SiloHost.Services;

    /// <inheritdoc/>
    public override bool IsActive => _isActive;

    /// <inheritdoc/>
    public override async Task StopSiloAsync(bool stopGracefully)
    {
        if (!_isActive)
        {
            return;
        }

        _isActive = false;
        if (!stopGracefully)
        {
            ServiceProvider.GetRequiredService<ClusterFaults>().Kill(SiloAddress);
        }

        await Task.Run(() => SiloHost.StopAsync(new CancellationToken(canceled: !stopGracefully)));
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await StopSiloAsync(stopGracefully: true);
        if (SiloHost is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
