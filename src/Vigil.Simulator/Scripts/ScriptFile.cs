using System.Collections.Immutable;
using System.Text.Json;

namespace Vigil.Simulator;

/// <summary>What a script file says: scripts and faults in the words of <c>/_sim/scripts</c> and <c>/_sim/faults</c>, and the seed of what is drawn.</summary>
public sealed record ScriptFile
{
    /// <summary>Gets the seed of ids and of drawn durations; null: as the simulator was started.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets which targets run how.</summary>
    public ImmutableArray<TargetScript> Scripts { get; init; } = [];

    /// <summary>Gets the faults that are in force from the start.</summary>
    public ImmutableArray<FaultRule> Faults { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="platforms">The platforms that it may name.</param>
    /// <exception cref="InvalidDataException">It is none, or a word in it is unknown; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static ScriptFile Read(string path, IReadOnlyCollection<string> platforms)
    {
        try
        {
            return AdminBody.Read<ScriptFile>(File.ReadAllBytes(path), platforms);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Script file '{path}', line {(e.LineNumber ?? 0) + 1}, {e.Message}", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidDataException($"Script file '{path}': {e.Message}", e);
        }
    }

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

/// <summary>How a target runs.</summary>
/// <param name="Script">The script.</param>
/// <param name="Platform">The platform; null for every one.</param>
/// <param name="Target">The target; null for every one that has no script of its own.</param>
public sealed record TargetScript(RunScript Script, string? Platform = null, string? Target = null);
