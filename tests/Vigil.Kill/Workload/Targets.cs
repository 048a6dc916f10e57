using Vigil.Simulator;

namespace Vigil.Kill;

/// <summary>
/// The targets that the simulated platforms run. Each order has a target for itself, whose output, usage and step names no other has: so a request in the
/// ledger, a result and a step can be told to belong to it.
/// </summary>
internal static class Targets
{
    // Not every platform has a status word for each outcome.
    private static readonly string[] Kill = ["agentic", "manifest", "cognite"];
    private static readonly string[] TimeOut = ["manifest", "cognite"];
    private static readonly string[] Pause = ["gloriamundo", "moderately"];

    public static TargetKind Draw(Random random, string platform) => random.Next(12) switch
    {
        0 or 1 => TargetKind.Slow,
        2 or 3 or 4 => TargetKind.Fails,
        5 when Kill.Contains(platform) => TargetKind.Killed,
        6 when TimeOut.Contains(platform) => TargetKind.TimesOut,
        7 => TargetKind.Varies,
        8 => TargetKind.Long,
        9 when Pause.Contains(platform) => TargetKind.Pauses,
        10 when platform == "agentic" => TargetKind.Files,
        _ => TargetKind.Succeeds,
    };

    /// <summary>Returns the script of an order.</summary>
    /// <param name="kind">What is to happen.</param>
    /// <param name="number">The number of the order, which makes its results its own.</param>
    /// <param name="pace">How long a step of a second takes.</param>
    public static RunScript Script(TargetKind kind, int number, double pace = 1)
    {
        var script = kind switch
        {
            TargetKind.Fails => StockScripts.Fail,
            TargetKind.Slow => StockScripts.Slow,
            TargetKind.Files => WithOwnFiles(StockScripts.Files, number),
            TargetKind.Killed => StockScripts.Ok with { Outcome = RunOutcome.Killed, Reason = "The platform stopped it." },
            TargetKind.TimesOut => StockScripts.Ok with { Outcome = RunOutcome.TimedOut },
            TargetKind.Long => StockScripts.Ok with { Steps = [.. StockScripts.Ok.Steps.Select(step => step with { Duration = Seconds(3 / pace) })] },
            TargetKind.Pauses => StockScripts.Ok with { Steps = StockScripts.Ok.Steps.SetItem(1, StockScripts.Ok.Steps[1] with { AwaitsInput = true, Duration = Seconds(8 / pace) }) },
            TargetKind.Varies => StockScripts.Ok with
            {
                Queued = new() { Seconds = 2, Distribution = DurationDistribution.Exponential },
                Steps = [new() { Name = "Work", Duration = new() { Seconds = 6, Distribution = DurationDistribution.Uniform, SpreadSeconds = 6 } }],
            },
            _ => StockScripts.Ok,
        };
        return script with
        {
            Output = JsonSerializer.SerializeToElement(new { order = number, text = $"The result of order {number}." }),
            Tokens = 1000 + number,
            CostCents = 10 + number,
            Steps = [.. script.Steps.Select(step => step with { Name = $"{step.Name} {number}", Duration = step.Duration with { Seconds = step.Duration.Seconds * pace } })],
        };
    }

    private static RunDuration Seconds(double seconds) => new() { Seconds = seconds };

    private static RunScript WithOwnFiles(RunScript script, int number) => script with
    {
        Steps = [.. script.Steps.Select(step => step with { Files = [.. step.Files.Select(file => file with { Text = $"{file.Text}{number}\n" })] })],
    };
}

/// <summary>What a run does.</summary>
internal enum TargetKind
{
    Succeeds,
    Fails,
    Slow,
    Killed,
    TimesOut,
    Varies,

    /// <summary>Takes long enough that its progress must be told.</summary>
    Long,

    /// <summary>Awaits input for a while.</summary>
    Pauses,

    /// <summary>Writes files.</summary>
    Files,
}
