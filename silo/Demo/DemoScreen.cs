using Spectre.Console;

namespace Vigil.Silo.Demo;

/// <summary>Shows the demo: a live table on a terminal, plain lines elsewhere.</summary>
internal static class DemoScreen
{
    /// <summary>Gets the console to write to. Spectre does not detect redirected output itself.</summary>
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

    /// <summary>Formats one execution's state as a line.</summary>
    public static string Line(DemoExecution execution)
    {
        var parts = new[] { StatusOf(execution), ProgressOf(execution.Latest), execution.Note, execution.Mismatch };
        return $"{execution.Scenario.Title}: {string.Join(", ", parts.Where(part => !string.IsNullOrEmpty(part)))}";
    }

    /// <summary>Builds the final table: how each execution ended and what it cost.</summary>
    public static Table Summary(IEnumerable<DemoExecution> executions)
    {
        var table = new Table().Title("How they ended");
        foreach (var column in (string[])["execution", "status", "reason", "steps", "polls", "requests", "lag", "as scripted"])
        {
            table.AddColumn(column);
        }

        foreach (var execution in executions)
        {
            var latest = execution.Latest;
            table.AddRow(
                new Text(execution.Scenario.Title),
                new Text(StatusOf(execution)),
                new Text(latest?.Failure?.Reason ?? "-"),
                new Text(StepsOf(latest)),
                new Text(latest?.Polls.ToString(CultureInfo.InvariantCulture) ?? "-"),
                new Text(latest?.Requests.ToString("0.##", CultureInfo.InvariantCulture) ?? "-"),
                new Text(latest?.LagMs is { } lag ? $"{lag} ms" : "-"),
                new Text(execution.AsScripted ? "yes" : $"no: {execution.Mismatch ?? "it did not end"}"));
        }

        return table;
    }

    private static Table Progress(IEnumerable<DemoExecution> executions)
    {
        var table = new Table().AddColumns("execution", "status", "progress", "steps", "");
        foreach (var execution in executions)
        {
            var steps = execution.Latest is { Steps.Length: > 0 } latest ? string.Join(' ', latest.Steps.Select(Mark)) : "-";
            table.AddRow(
                new Text(execution.Scenario.Title), new Text(StatusOf(execution)), new Text(ProgressOf(execution.Latest)), new Text(steps), new Text(execution.Note));
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
        execution.Latest is { } latest ? JsonNamingPolicy.SnakeCaseLower.ConvertName(latest.Status.ToString()) : "starting";

    private static string StepsOf(Execution? execution) => execution is { Steps.Length: > 0 }
        ? $"{execution.Steps.Count(step => step.Status == StepStatus.Succeeded)} of {execution.Steps.Length}"
        : "-";

    private static string ProgressOf(Execution? execution) => execution?.Progress switch
    {
        null => "",
        { Current: { } current, Total: { } total, Name: var name } => $"{current}/{total} {name}".TrimEnd(),
        { Percentage: { } percentage } => $"{percentage:0} %",
        { Name: { } name } => name,
        _ => "",
    };
}
