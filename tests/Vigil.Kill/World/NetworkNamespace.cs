using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vigil.Kill;

/// <summary>A network of a silo's own. The silo reaches the trial through forwarded ports, and the other silos over a cable that can be cut.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly string _hub;
    private readonly string _name;
    private readonly string _cable;
    private readonly BlockingCollection<Action> _work = [];
    private readonly List<PortForward> _forwards = [];

    public NetworkNamespace(string hub, int number)
    {
        (_hub, _name, _cable, Address) = (hub, $"{hub}-{number}", $"p{number}", $"10.213.0.{number + 1}");
        Commands.Run("ip", "netns", "add", _name);
        Commands.Run("ip", "-n", _name, "link", "set", "lo", "up");
        Commands.Run("ip", "link", "add", "eth0", "netns", _name, "type", "veth", "peer", "name", _cable, "netns", hub);
        Commands.Run("ip", "-n", _name, "addr", "add", $"{Address}/24", "dev", "eth0");
        Commands.Run("ip", "-n", _name, "link", "set", "eth0", "up");
        Commands.Run("ip", "-n", hub, "link", "set", _cable, "master", NetworkHub.Bridge);
        Join();
        new Thread(Work) { IsBackground = true }.Start();
    }

    /// <summary>Gets the address at which the other silos reach this one.</summary>
    public string Address { get; }

    /// <summary>Returns the command that runs another one in this network.</summary>
    public string[] Inside(string[] command) => ["ip", "netns", "exec", _name, .. command];

    public void Cut() => Commands.Run("ip", "-n", _hub, "link", "set", _cable, "down");

    public void Join() => Commands.Run("ip", "-n", _hub, "link", "set", _cable, "up");

    /// <summary>Has the silo reach a server of the trial.</summary>
    public void ForwardOut(int port) => _forwards.Add(new(port, CreateInside, CreateOutside));

    /// <summary>Has the trial reach a server of the silo.</summary>
    public void ForwardIn(int port) => _forwards.Add(new(port, CreateOutside, CreateInside));

    public void Dispose()
    {
        _forwards.ForEach(forward => forward.Dispose());
        _work.CompleteAdding();
        Commands.TryRun("ip", "netns", "del", _name);
    }

    private static Socket CreateOutside() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    // A socket belongs for ever to the network of the thread that made it.
    private Socket CreateInside()
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => made.SetResult(CreateOutside()));
        return made.Task.GetAwaiter().GetResult();
    }

    private void Work()
    {
        using var network = File.OpenHandle($"/var/run/netns/{_name}");
        if (EnterNamespace(network, NewNetwork) != 0)
        {
            throw new InvalidOperationException($"The network {_name} could not be entered: error {Marshal.GetLastPInvokeError()}.");
        }

        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int EnterNamespace(SafeFileHandle network, int kind);
}
