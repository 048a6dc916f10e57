using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Vigil.Storage;

namespace Vigil.Hosting;

/// <summary>Checks before the start that ports are free.</summary>
public static class ListeningPort
{
    /// <summary>Throws if another socket listens at an endpoint.</summary>
    /// <param name="endpoint">The endpoint; with port 0, any port is fine.</param>
    /// <param name="setting">What sets the port, for the message.</param>
    /// <exception cref="IOException">The port is in use, or the address is not one of this machine's.</exception>
    public static void RequireFree(IPEndPoint endpoint, string setting)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new IOException($"port {endpoint.Port} is in use: another program listens on {endpoint}. Set {setting} to another port, or to 0 for any free one.", e);
        }
        catch (SocketException e)
        {
            throw new IOException($"cannot listen on {endpoint}, which {setting} sets: {e.Message}", e);
        }
    }
}

/// <summary>
/// Checks the silo's ports before anything else. Orleans binds them after it has declared a silo at the same address dead, so that a second silo would
/// end the first before it fails itself.
/// </summary>
internal sealed class SiloPortsCheck(IOptions<EndpointOptions> endpoints) : BeforeStartService
{
    public override StartPhase Phase => StartPhase.Check;

    public override Task StartingAsync(CancellationToken cancellationToken)
    {
        var (address, options) = (endpoints.Value.AdvertisedIPAddress, endpoints.Value);
        ListeningPort.RequireFree(options.SiloListeningEndpoint ?? new(address, options.SiloPort), $"{ClusteringOptions.SectionName}:{nameof(ClusteringOptions.SiloPort)}");
        ListeningPort.RequireFree(options.GatewayListeningEndpoint ?? new(address, options.GatewayPort), $"{ClusteringOptions.SectionName}:{nameof(ClusteringOptions.GatewayPort)}");
        return Task.CompletedTask;
    }
}
