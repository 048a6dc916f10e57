using Vigil.Simulator;

namespace Vigil.Silo;

/// <summary>Configures one connection to each simulated platform, named like the platform.</summary>
internal static class SimulatedConnections
{
    // The simulated platforms take what a person or a test tries in a hurry; real ones have the limits that their adapters know.
    private const string AmplePerMinute = "60000";

    public static IEnumerable<KeyValuePair<string, string?>> For(SimulatorHost simulator)
    {
        var index = 0;
        foreach (var (platform, address) in simulator.Platforms)
        {
            var section = $"Vigil:Connections:{index++}";
            yield return new($"{section}:Name", platform);
            yield return new($"{section}:Platform", platform);
            yield return new($"{section}:BaseAddress", address.ToString());
            yield return new($"{section}:Credential", SimulatorHost.Credential);
            yield return new($"{section}:StartsPerMinute", AmplePerMinute);
            yield return new($"{section}:PollsPerMinute", AmplePerMinute);
        }
    }
}
