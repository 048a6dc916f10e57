using System.Net;
using System.Net.Sockets;

namespace Vigil.Testing;

/// <summary>Ports for servers that must know theirs before they start.</summary>
internal static class Ports
{
    // Below those that the system gives to outgoing connections, so that none of them takes the port meanwhile.
    private const int First = 10_000;
    private const int Last = 32_000;

    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody listens there; another one, then.
            }
        }
    }
}
