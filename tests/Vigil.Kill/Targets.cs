using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>The targets that the simulated platforms run.</summary>
internal static class Targets
{
    public const string Succeeds = "ok-5s";
    public const string Fails = "fail-5s";
    public const string Slow = "slow-10m";

    private const string Killed = "killed";
    private const string TimesOut = "times-out";
    private const string Varies = "varies";

    // Not every platform has a status word for each outcome.
    private static readonly string[] Kill = ["agentic", "manifest", "cognite"];
    private static readonly string[] TimeOut = ["manifest", "cognite"];

    public static string Draw(Random random, string platform) => random.Next(8) switch
    {
        0 or 1 => Slow,
        2 or 3 => Fails,
        4 when Kill.Contains(platform) => Killed,
        5 when TimeOut.Contains(platform) => TimesOut,
        6 => Varies,
        _ => Succeeds,
    };

    public static void AddTo(ScriptBook scripts)
    {
        scripts.Set(null, Killed, StockScripts.Ok with { Outcome = RunOutcome.Killed, Reason = "The platform stopped it." });
        scripts.Set(null, TimesOut, StockScripts.Ok with { Outcome = RunOutcome.TimedOut });
        scripts.Set(null, Varies, new()
        {
            Queued = new() { Seconds = 2, Distribution = DurationDistribution.Exponential },
            Steps = [new() { Name = "Work", Duration = new() { Seconds = 6, Distribution = DurationDistribution.Uniform, SpreadSeconds = 6 } }],
        });
    }
}
