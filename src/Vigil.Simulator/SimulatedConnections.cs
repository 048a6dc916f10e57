namespace Vigil.Simulator;

/// <summary>Settings of Vigil for one connection to each simulated platform, named after the platform.</summary>
public static class SimulatedConnections
{
    // High enough that a demo or a test never waits for the request budget.
    private const int RequestsPerMinute = 60_000;

    /// <summary>The only platform that has published rate limits.</summary>
    private const string LimitedPlatform = "gloriamundo";

    private static readonly Dictionary<string, Dictionary<string, string>> SettingsByPlatform = new()
    {
        ["gloriamundo"] = [],
        ["agentic"] = new() { ["tenant_id"] = "simulated", ["cancel_mutation"] = "cancelFlowExecution" },
        ["moderately"] = new() { ["team_id"] = "simulated" },
        ["manifest"] = new() { ["find_path"] = "/api/v1/executions?vigil_execution_id={id}" },
        ["cognite"] = new() { ["project"] = "simulated" },
    };

    /// <summary>Returns the settings, for <c>configuration.AddInMemoryCollection</c>.</summary>
    /// <param name="simulator">The simulator's address.</param>
    /// <param name="hasLimits">Whether the platforms enforce their published rate limits. The connection then keeps the budget of the real platform.</param>
    public static IEnumerable<KeyValuePair<string, string?>> For(Uri simulator, bool hasLimits)
    {
        ArgumentNullException.ThrowIfNull(simulator);
        return SettingsByPlatform.SelectMany((platform, index) => For(
            platform.Key, new Uri(simulator, $"{platform.Key}/"), platform.Value, $"Vigil:Connections:{index}", hasLimits && platform.Key == LimitedPlatform));
    }

    private static IEnumerable<KeyValuePair<string, string?>> For(string platform, Uri address, Dictionary<string, string> settings, string section, bool isLimited)
    {
        yield return new($"{section}:Name", platform);
        yield return new($"{section}:Platform", platform);
        yield return new($"{section}:BaseAddress", address.ToString());
        yield return new($"{section}:Credential", "simulated");
        if (!isLimited)
        {
            yield return new($"{section}:StartsPerMinute", RequestsPerMinute.ToString(CultureInfo.InvariantCulture));
            yield return new($"{section}:PollsPerMinute", RequestsPerMinute.ToString(CultureInfo.InvariantCulture));
        }

        foreach (var (name, value) in settings)
        {
            yield return new($"{section}:Settings:{name}", value);
        }
    }
}
