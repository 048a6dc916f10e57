using System.Collections.Concurrent;

namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>Runs many worlds. One seed decides all of them; <c>seed:index</c> names one.</summary>
internal static class Simulator
{
    /// <summary>Runs the worlds of a seed; returns the situations that occurred, and the first world that broke a promise.</summary>
    public static (IReadOnlyCollection<string> Situations, string? Failure) Run(Breakage breakage, int seed, int count)
    {
        var situations = new ConcurrentDictionary<string, byte>();
        var failures = new ConcurrentDictionary<int, string>();
        Parallel.For(0, count, (index, loop) =>
        {
            if (RunOne(breakage, seed, index, trace: null, situations) is { } failure)
            {
                failures[index] = failure;
                loop.Break();
            }
        });
        return ([.. situations.Keys], failures.IsEmpty ? null : failures.MinBy(failure => failure.Key).Value);
    }

    public static string? RunOne(Breakage breakage, int seed, int index, Action<string>? trace, ConcurrentDictionary<string, byte>? situations = null)
    {
        var world = new World(unchecked((seed * 1_000_003) + index), breakage, trace);
        try
        {
            world.Run();
            foreach (var situation in world.Promises.Situations)
            {
                situations?.TryAdd(situation, 0);
            }

            return null;
        }
        catch (Exception broken)
        {
            return $"VIGIL_SEED={seed}:{index} replays this: {broken.Message} {(broken is BrokenPromiseException ? null : broken.StackTrace)}";
        }
    }
}
