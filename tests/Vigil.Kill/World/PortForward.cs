using System.Net;
using System.Net.Sockets;

namespace Vigil.Kill;

/// <summary>Passes on connections to a port of 127.0.0.1 in one network to the same port of 127.0.0.1 in another.</summary>
internal sealed class PortForward : IDisposable
{
    private readonly Socket _listener;
    private readonly Func<Socket> _createOutgoing;
    private readonly IPEndPoint _endpoint;

    /// <param name="port">The port, in both networks.</param>
    /// <param name="createIncoming">Creates a socket in the network that connections come from.</param>
    /// <param name="createOutgoing">Creates a socket in the network that they go to.</param>
    public PortForward(int port, Func<Socket> createIncoming, Func<Socket> createOutgoing)
    {
        (_endpoint, _createOutgoing, _listener) = (new(IPAddress.Loopback, port), createOutgoing, createIncoming());
        _listener.Bind(_endpoint);
        _listener.Listen();
        _ = AcceptAsync();
    }

    public void Dispose() => _listener.Dispose();

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        for (int read; (read = await from.ReceiveAsync(buffer)) > 0;)
        {
            for (var sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassOnAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The trial is over.
        }
    }

    private async Task PassOnAsync(Socket incoming)
    {
        using var outgoing = _createOutgoing();
        using var _ = incoming;
        try
        {
            await outgoing.ConnectAsync(_endpoint);
            await Task.WhenAll(CopyAsync(incoming, outgoing), CopyAsync(outgoing, incoming));
        }
        catch (SocketException)
        {
            // One end has broken the connection; closing both tells the other, and a reset tells it from an end.
            incoming.LingerState = new(enable: true, seconds: 0);
            outgoing.LingerState = new(enable: true, seconds: 0);
        }
    }
}
