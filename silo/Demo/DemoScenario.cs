namespace Vigil.Silo.Demo;

/// <summary>One execution of the demo and its scripted outcome.</summary>
/// <param name="Platform">The platform, which is also the connection's name.</param>
/// <param name="Kind">The kind of target.</param>
/// <param name="Target">The target's id.</param>
/// <param name="Expected">The expected final status, in snake_case.</param>
/// <param name="Then">What the demo does with the execution.</param>
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
        new("manifest", "code_block", "slow-10m", "cancelled", DemoAction.Cancel),
        new("cognite", "workflow", "fail-5s", "succeeded", DemoAction.Retry),
    ];

    public string Title => $"{Platform} {Target}" + Then switch
    {
        DemoAction.Abandon => " (abandoned)",
        DemoAction.Cancel => " (cancelled)",
        DemoAction.Download => " (files downloaded)",
        DemoAction.Retry => " (retried)",
        _ => "",
    };
}

/// <summary>What the demo does with an execution.</summary>
internal enum DemoAction
{
    /// <summary>Waits until it ends.</summary>
    Watch,

    /// <summary>Stops watching it once it is running.</summary>
    Abandon,

    /// <summary>Cancels it once it is running.</summary>
    Cancel,

    /// <summary>Downloads its files when it has ended.</summary>
    Download,

    /// <summary>Retries it when it has failed.</summary>
    Retry,
}
