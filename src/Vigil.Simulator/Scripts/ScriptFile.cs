namespace Vigil.Simulator;

/// <summary>The content of a script file: scripts and faults in the format of <c>/_sim/scripts</c> and <c>/_sim/faults</c>, the random seed, and how strict the platforms are.</summary>
public sealed record ScriptFile
{
    /// <summary>Gets the seed of ids and random durations; null for the seed the simulator was started with.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets what happens to starts of targets without a script; null for what the simulator was started with.</summary>
    public UnknownTargets? UnknownTargets { get; init; }

    /// <summary>Gets a value indicating whether the platforms enforce their rate limits; null for what the simulator was started with.</summary>
    public bool? EnforceLimits { get; init; }

    /// <summary>Gets the scripts of targets.</summary>
    public ImmutableArray<TargetScript> Scripts { get; init; } = [];

    /// <summary>Gets the faults that are active from the start.</summary>
    public ImmutableArray<FaultRule> Faults { get; init; } = [];

    /// <exception cref="InvalidDataException">The file is not a valid script file or must not be read.</exception>
    internal static ScriptFile Read(string path, IReadOnlyCollection<string> platforms)
    {
        try
        {
            return AdminBody.Read<ScriptFile>(File.ReadAllBytes(path), platforms);
        }
        catch (Exception e) when (e is JsonException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"Script file '{path}'{(e is JsonException json ? $", line {(json.LineNumber ?? 0) + 1}," : ":")} {e.Message}", e);
        }
    }

    internal SimulatorOptions ApplyTo(SimulatorOptions options) => options with
    {
        Seed = Seed ?? options.Seed,
        UnknownTargets = UnknownTargets ?? options.UnknownTargets,
        EnforceLimits = EnforceLimits ?? options.EnforceLimits,
    };

    internal void ApplyTo(SimulatedPlatforms world)
    {
        foreach (var (script, platform, target) in Scripts)
        {
            world.Scripts.Set(platform, target, script);
        }

        foreach (var rule in Faults)
        {
            world.Faults.Add(rule);
        }
    }
}

/// <summary>The script of a target. Without a platform it applies to all; without a target, to every target without a script of its own.</summary>
public sealed record TargetScript(RunScript Script, string? Platform = null, string? Target = null);
