using System.Text.Json;

namespace Vigil.Silo.Demo;

/// <summary>One execution of the demo on its way, driven over the HTTP API as any caller would.</summary>
internal sealed class DemoExecution(DemoScenario scenario, HttpClient http, Action<DemoExecution> changed)
{
    private bool _acted;

    public DemoScenario Scenario { get; } = scenario;

    /// <summary>Gets the execution as last seen; null before the first answer.</summary>
    public Execution? Seen { get; private set; }

    /// <summary>Gets what the demo did beside watching, in a few words.</summary>
    public string Note { get; private set; } = "";

    /// <summary>Gets what came out other than scripted; null while all is well.</summary>
    public string? Surprise { get; private set; }

    /// <summary>Gets a value indicating whether it came out as scripted.</summary>
    public bool AsScripted => Surprise is null && Seen is { Terminal: true };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            Show(await PostAsync("/v1/executions", new
            {
                connection = Scenario.Platform,
                target = new { kind = Scenario.Kind, id = Scenario.Target, version = Scenario.Platform == "cognite" ? "1" : null },
                input = new { marker = $"demo {Scenario.Title}" },
                cancel_on_abandon = true,
            }, cancellationToken));
            await WatchAsync(cancellationToken);
            Check();
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            Surprise = e.Message;
            changed(this);
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (!await ActAsync(cancellationToken))
        {
            var path = new Uri($"/v1/executions/{Seen!.Id}?wait=2s&since_version={Seen.Version}", UriKind.Relative);
            Show((await http.GetFromJsonAsync(path, VigilJson.Default.Execution, cancellationToken))!);
        }
    }

    /// <summary>Does what the scenario wants once its time has come; returns whether the execution is over.</summary>
    private async Task<bool> ActAsync(CancellationToken cancellationToken)
    {
        var execution = Seen!;
        if (_acted || Scenario.Then == DemoAction.Watch)
        {
            return execution.Terminal;
        }

        switch (Scenario.Then)
        {
            case DemoAction.Abandon or DemoAction.Cancel when execution.Status == ExecutionStatus.Running:
                var verb = Scenario.Then == DemoAction.Abandon ? "abandon" : "cancel";
                Act($"{verb} asked for");
                Show(await PostAsync($"/v1/executions/{execution.Id}/{verb}", new { reason = "the demo has seen enough" }, cancellationToken));
                return false;
            case DemoAction.Retry when execution.Terminal:
                Act("retry asked for");
                Show(await PostAsync($"/v1/executions/{execution.Id}/retry", new { }, cancellationToken));
                return false;
            case DemoAction.Download when execution.Terminal:
                Act(await DownloadAsync(execution.Id, cancellationToken));
                return true;
            default:
                return execution.Terminal;
        }
    }

    private void Act(string note)
    {
        _acted = true;
        Note = note;
        changed(this);
    }

    private async Task<string> DownloadAsync(string id, CancellationToken cancellationToken)
    {
        using var list = JsonDocument.Parse(await http.GetStringAsync(new Uri($"/v1/executions/{id}/files", UriKind.Relative), cancellationToken));
        var files = list.RootElement.GetProperty("items").EnumerateArray().ToList();
        var bytes = 0L;
        foreach (var file in files)
        {
            var path = new Uri($"/v1/executions/{id}/files/{file.GetProperty("id").GetString()}", UriKind.Relative);
            bytes += (await http.GetByteArrayAsync(path, cancellationToken)).LongLength;
        }

        Surprise = files.Count == 0 || bytes == 0 ? "it left no files" : null;
        return $"{files.Count} files, {bytes:N0} bytes downloaded";
    }

    private async Task<Execution> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"POST {path} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        return (await response.Content.ReadFromJsonAsync(VigilJson.Default.Execution, cancellationToken))!;
    }

    private void Check()
    {
        var status = JsonNamingPolicy.SnakeCaseLower.ConvertName(Seen!.Status.ToString());
        if (status != Scenario.Expected)
        {
            Surprise = $"it was scripted to end as {Scenario.Expected}";
        }
        else if (Scenario.Then != DemoAction.Watch && !_acted)
        {
            Surprise = "it ended before anything could be done with it";
        }

        changed(this);
    }

    private void Show(Execution execution)
    {
        Seen = execution;
        changed(this);
    }
}
