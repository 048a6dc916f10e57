namespace Vigil.Kill;

/// <summary>Joins the networks of a trial's silos; none of them is reachable from outside.</summary>
internal sealed class NetworkHub : IDisposable
{
    public const string Bridge = "br0";

    private readonly string _name = $"vk{Environment.ProcessId}";

    public NetworkHub(int silos)
    {
        Commands.Run("ip", "netns", "add", _name);
        Commands.Run("ip", "-n", _name, "link", "add", Bridge, "type", "bridge");
        Commands.Run("ip", "-n", _name, "link", "set", Bridge, "up");
        Networks = [.. Enumerable.Range(0, silos).Select(number => new NetworkNamespace(_name, number))];

        // An interrupted trial must leave no network behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Gets why there can be none; null if there can.</summary>
    public static string? WhyNot { get; } = !Environment.IsPrivilegedProcess ? "only root can give silos networks of their own"
        : Commands.TryRun("ip", "netns", "list") ? null
        : "there is no program ip that can give silos networks of their own";

    public IReadOnlyList<NetworkNamespace> Networks { get; }

    public void Dispose()
    {
        foreach (var network in Networks)
        {
            network.Dispose();
        }

        Commands.TryRun("ip", "netns", "del", _name);
    }
}
