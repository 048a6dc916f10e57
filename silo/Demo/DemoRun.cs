using Spectre.Console;

namespace Vigil.Silo.Demo;

/// <summary>Starts executions on the simulated platforms and shows them until they end.</summary>
internal static class DemoRun
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    /// <returns>0 if every execution ended as scripted, else 1.</returns>
    public static async Task<int> RunAsync(string address, IAnsiConsole console, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new(address) };
        using var timeout = new CancellationTokenSource(Timeout);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var connected = await ConnectedAsync(http, cancellationToken);

        var refresh = () => { };
        var interactive = console.Profile.Out.IsTerminal;
        if (!interactive)
        {
            // A file or a pipe has no width, and wrapped lines are hard to search.
            console.Profile.Width = 180;
        }

        var lines = new Dictionary<DemoExecution, string>();
        var executions = DemoScenario.All.Where(scenario => connected.Contains(scenario.Platform)).Select(scenario => new DemoExecution(scenario, http, Changed)).ToList();

        await DemoScreen.ShowAsync(console, executions, async update =>
        {
            refresh = update;
            try
            {
                await Task.WhenAll(executions.Select(execution => execution.RunAsync(linked.Token)));
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested)
            {
                // The summary below shows which executions had not ended.
            }
        });

        console.Write(DemoScreen.Summary(executions));
        return executions.Count > 0 && executions.All(execution => execution.AsScripted) ? 0 : 1;

        void Changed(DemoExecution execution)
        {
            lock (lines)
            {
                refresh();
                var line = DemoScreen.Line(execution);
                if (!interactive && lines.GetValueOrDefault(execution) != line)
                {
                    lines[execution] = line;
                    console.WriteLine(line);
                }
            }
        }
    }

    private static async Task<HashSet<string>> ConnectedAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var list = await http.GetFromJsonAsync<JsonElement>(new Uri("/v1/connections", UriKind.Relative), cancellationToken);
        return [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];
    }
}
