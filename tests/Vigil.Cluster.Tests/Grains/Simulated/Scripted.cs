using Vigil.Simulator;

namespace Vigil.Cluster.Tests.Grains.Simulated;

/// <summary>Scripts of runs that tests need not wait for long.</summary>
internal static class Scripted
{
    /// <summary>The stock run, at another pace.</summary>
    public static RunScript Paced(double secondsPerStep = 0.1, RunScript? script = null)
    {
        var stock = script ?? StockScripts.Ok;
        return stock with { Steps = [.. stock.Steps.Select(step => step with { Duration = new() { Seconds = secondsPerStep } })] };
    }

    /// <summary>One that goes on until somebody stops it, or until <see cref="PlatformWorld.LetEnd"/>.</summary>
    public static RunScript Endless { get; } = new() { Outcome = RunOutcome.Never };

    /// <summary>One that fails, and succeeds when it is run again.</summary>
    public static RunScript FailsOnce { get; } = Paced(0.05, StockScripts.Fail) with { Retry = Paced(0.05) };

    public static ImmutableDictionary<string, string> Labels(params (string Key, string Value)[] labels) =>
        labels.ToImmutableDictionary(label => label.Key, label => label.Value);
}
