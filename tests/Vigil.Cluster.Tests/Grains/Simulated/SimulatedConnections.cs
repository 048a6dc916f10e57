using Vigil.Platforms;
using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>Connections to the simulated platforms, polled faster than real ones.</summary>
internal static class SimulatedConnections
{
    private static readonly TimeSpan Cadence = TimeSpan.FromMilliseconds(200);

    public static IReadOnlyList<string> Platforms { get; } = ["agentic", "moderately", "manifest", "gloriamundo", "cognite"];

    /// <summary>Returns one connection to each platform, named like it.</summary>
    public static IEnumerable<ConnectionOptions> ToAll(SimulatorHost simulator) => Platforms.Select(platform => To(simulator, platform));

    /// <summary>Returns a connection to a platform; further settings replace the usual ones, and null removes one.</summary>
    public static ConnectionOptions To(SimulatorHost simulator, string platform, string? name = null, params (string Key, string? Value)[] settings)
    {
        var all = SettingsOf(platform);
        foreach (var (key, value) in settings)
        {
            all.Remove(key);
            if (value is not null)
            {
                all.Add(key, value);
            }
        }

        return new()
        {
            Name = name ?? platform,
            Platform = platform,
            BaseAddress = simulator.AddressOf(platform),
            Credential = "simulated",
            StartsPerMinute = 60_000,
            PollsPerMinute = 60_000,
            Cadence = Cadence,
            Settings = all,
        };
    }

    public static ExecutionTarget TargetOf(string platform, string id) => platform switch
    {
        "agentic" => new("flow", id),
        "moderately" => new("agent", id),
        "cognite" => new("workflow", id, "1"),
        _ => new("workflow", id),
    };

    private static Dictionary<string, string> SettingsOf(string platform) => platform switch
    {
        "agentic" => new() { ["tenant_id"] = "simulated", ["cancel_mutation"] = "cancelFlowExecution" },
        "moderately" => new() { ["team_id"] = "simulated" },
        "manifest" => new() { ["find_path"] = "/api/v1/executions?vigil_execution_id={id}" },
        "cognite" => new() { ["project"] = "simulated" },
        _ => [],
    };
}
