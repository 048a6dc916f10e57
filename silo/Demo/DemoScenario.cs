namespace Vigil.Silo.Demo;

/// <summary>One execution of the demo and its scripted outcome: the expected final status in snake_case. Each connection is named after its platform.</summary>
internal sealed record DemoScenario(string Platform, string Kind, string Target, string Expected, DemoAction Then = DemoAction.Watch)
{
    /// <summary>All scenarios; the demo skips those whose platform has no connection.</summary>
    public static readonly IReadOnlyList<DemoScenario> All =
    [
        new("gloriamundo", "workflow", "ok-5s", "succeeded"),
        new("gloriamundo", "workflow", "fail-5s", "failed"),
        new("gloriamundo", "workflow", "slow-10m", "abandoned", DemoAction.Abandon),
        new("agentic", "flow", "files-5s", "succeeded", DemoAction.Download),
        new("moderately", "agent", "ok-5s", "succeeded"),
        new("moderately", "pipeline", "ok-5s", "succeeded"),
        new("manifest", "code_block", "slow-10m", "cancelled", DemoAction.Cancel),
        new("cognite", "workflow", "fail-5s", "succeeded", DemoAction.Retry),
    ];

    public string Title => $"{Platform} {(Kind == "pipeline" ? "pipeline " : "")}{Target}" + Then switch
    {
        DemoAction.Abandon => " (abandoned)",
        DemoAction.Cancel => " (cancelled)",
        DemoAction.Download => " (files downloaded)",
        DemoAction.Retry => " (retried)",
        _ => "",
    };
}

/// <summary>What the demo does with an execution: it abandons or cancels a running one, and downloads the files of an ended one or retries it.</summary>
internal enum DemoAction
{
    Watch,
    Abandon,
    Cancel,
    Download,
    Retry,
}
