namespace Vigil.Silo.Demo;

/// <summary>One execution of the demo, driven over the HTTP API.</summary>
internal sealed class DemoExecution(DemoScenario scenario, HttpClient http, Action<DemoExecution> changed)
{
    private bool _acted;

    public DemoScenario Scenario { get; } = scenario;

    /// <summary>Gets the latest state of the execution; null before the first response.</summary>
    public Execution? Latest { get; private set; }

    /// <summary>Gets a note on what the demo did with the execution besides watching it.</summary>
    public string Note { get; private set; } = "";

    /// <summary>Gets how the outcome differed from the script; null if it did not.</summary>
    public string? Mismatch { get; private set; }

    public bool AsScripted => Mismatch is null && Latest is { Terminal: true };

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
            Mismatch = e.Message;
            changed(this);
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (!await ActAsync(cancellationToken))
        {
            var path = new Uri($"/v1/executions/{Latest!.Id}?wait=2s&since_version={Latest.Version}", UriKind.Relative);
            Show((await http.GetFromJsonAsync(path, VigilJson.Default.Execution, cancellationToken))!);
        }
    }

    /// <summary>Performs the scenario's action once the execution is ready for it; returns whether the scenario is complete.</summary>
    private async Task<bool> ActAsync(CancellationToken cancellationToken)
    {
        var execution = Latest!;
        if (_acted || Scenario.Then == DemoAction.Watch)
        {
            return execution.Terminal;
        }

        switch (Scenario.Then)
        {
            case DemoAction.Abandon or DemoAction.Cancel when execution.Status == ExecutionStatus.Running:
                var verb = Scenario.Then == DemoAction.Abandon ? "abandon" : "cancel";
                Act($"{verb} requested");
                Show(await PostAsync($"/v1/executions/{execution.Id}/{verb}", new { reason = "the demo has seen enough" }, cancellationToken));
                return false;
            case DemoAction.Retry when execution.Terminal:
                Act("retry requested");
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

        Mismatch = files.Count == 0 || bytes == 0 ? "it wrote no files" : null;
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
        var status = JsonNamingPolicy.SnakeCaseLower.ConvertName(Latest!.Status.ToString());
        if (status != Scenario.Expected)
        {
            Mismatch = $"it was scripted to end as {Scenario.Expected}";
        }
        else if (Scenario.Then != DemoAction.Watch && !_acted)
        {
            Mismatch = "it ended before the demo could act on it";
        }

        changed(this);
    }

    private void Show(Execution execution)
    {
        Latest = execution;
        changed(this);
    }
}
