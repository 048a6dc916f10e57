using Spectre.Console;

namespace Vigil.Silo.Demo;

/// <summary>Shows the demo: a live table on a terminal, plain lines elsewhere.</summary>
internal static class DemoScreen
{
    /// <summary>Gets the console to write to. Spectre detects what the terminal can do, but not whether the output goes to one.</summary>
    public static IAnsiConsole Console => System.Console.IsOutputRedirected
        ? AnsiConsole.Create(new() { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No })
        : AnsiConsole.Console;

    public static async Task ShowAsync(IAnsiConsole console, IReadOnlyList<DemoExecution> executions, Func<Action, Task> run)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            await run(() => { });
            return;
        }

        await console.Live(Progress(executions)).StartAsync(live => run(() => live.UpdateTarget(Progress(executions))));
    }

    /// <summary>Formats one execution's state as a line, for output that is not a terminal.</summary>
    public static string Line(DemoExecution execution)
    {
        var seen = execution.Seen;
        return $"{execution.Scenario.Title}: {StatusOf(execution)}{Spaced(ProgressOf(seen))}{Spaced(execution.Note)}{Spaced(execution.Mismatch)}";
    }

    /// <summary>The final table: how each execution ended and what it cost.</summary>
    public static Table Summary(IEnumerable<DemoExecution> executions)
    {
        var table = new Table().Title("How they ended");
        foreach (var column in (string[])["execution", "status", "reason", "steps", "polls", "requests", "lag", "as scripted"])
        {
            table.AddColumn(column);
        }

        foreach (var execution in executions)
        {
            var seen = execution.Seen;
            table.AddRow(
                new Text(execution.Scenario.Title),
                new Text(StatusOf(execution)),
                new Text(seen?.Failure?.Reason ?? "-"),
                new Text(StepsOf(seen)),
                new Text(seen?.Polls.ToString(CultureInfo.InvariantCulture) ?? "-"),
                new Text(seen?.Requests.ToString("0.##", CultureInfo.InvariantCulture) ?? "-"),
                new Text(seen?.LagMs is { } lag ? $"{lag} ms" : "-"),
                new Text(execution.AsScripted ? "yes" : $"no: {execution.Mismatch ?? "it did not end"}"));
        }

        return table;
    }

    private static Table Progress(IEnumerable<DemoExecution> executions)
    {
        var table = new Table().AddColumns("execution", "status", "progress", "steps", "");
        foreach (var execution in executions)
        {
            var steps = execution.Seen is { Steps.Length: > 0 } seen ? string.Join(' ', seen.Steps.Select(Mark)) : "-";
            table.AddRow(
                new Text(execution.Scenario.Title), new Text(StatusOf(execution)), new Text(ProgressOf(execution.Seen)), new Text(steps), new Text(execution.Note));
        }

        return table;
    }

    private static string Mark(StepSummary step) => step.Status switch
    {
        StepStatus.Succeeded or StepStatus.SucceededWithErrors => "✓",
        StepStatus.Pending => "·",
        StepStatus.Running => "▸",
        _ => $"✗ {step.Name}",
    };

    private static string StatusOf(DemoExecution execution) =>
        execution.Seen is { } seen ? JsonNamingPolicy.SnakeCaseLower.ConvertName(seen.Status.ToString()) : "starting";

    private static string StepsOf(Execution? seen) =>
        seen is { Steps.Length: > 0 } ? $"{seen.Steps.Count(step => step.Status == StepStatus.Succeeded)} of {seen.Steps.Length}" : "-";

    private static string ProgressOf(Execution? seen) => seen?.Progress switch
    {
        null => "",
        { Current: { } current, Total: { } total, Name: var name } => $"{current}/{total} {name}".TrimEnd(),
        { Percentage: { } percentage } => $"{percentage:0} %",
        { Name: { } name } => name,
        _ => "",
    };

    private static string Spaced(string? text) => string.IsNullOrEmpty(text) ? "" : $", {text}";
}
