namespace Vigil.Simulator;

/// <summary>The scripts of the targets that every platform has.</summary>
public static class StockScripts
{
    private static readonly string[] Names = ["Read the request", "Collect sources", "Draft the answer", "Review the draft", "Publish"];

    /// <summary>Five steps of a second each; succeeds.</summary>
    public static RunScript Ok { get; } = new()
    {
        Steps = [.. Names.Select(name => new StepScript { Name = name })],
        Output = JsonSerializer.SerializeToElement(new { summary = "Five steps done.", items = 3 }),
    };

    /// <summary>Fails in its third step, with a reason.</summary>
    public static RunScript Fail { get; } = Ok with
    {
        Steps = Ok.Steps.SetItem(2, Ok.Steps[2] with
        {
            Fails = true,
            Reason = "The mail connection has expired.",
            Detail = "Reconnect the account and run it again.",
        }),
        CostCents = 8,
    };

    /// <summary>Five steps of two minutes each; succeeds.</summary>
    public static RunScript Slow { get; } = Ok with
    {
        Steps = [.. Ok.Steps.Select(step => step with { Duration = new RunDuration { Seconds = 120 } })],
    };

    /// <summary>Like <see cref="Ok"/>, but writes two files that are results and a third that is a log, and reads a fourth.</summary>
    public static RunScript Files { get; } = Ok with
    {
        Steps = Ok.Steps.SetItem(3, Ok.Steps[3] with { Files = FilesOfReview() })
            .SetItem(4, Ok.Steps[4] with { Files = [new FileScript { Name = "report.csv", Text = "id,total\n1,10\n2,20\n", Operation = "modify", ContentType = "text/csv" }] }),
    };

    /// <summary>Returns the script of a stock target; null for any other.</summary>
    public static RunScript? Find(string target) => target switch
    {
        "ok-5s" => Ok,
        "fail-5s" => Fail,
        "slow-10m" => Slow,
        "files-5s" => Files,
        _ => null,
    };

    private static ImmutableArray<FileScript> FilesOfReview() =>
    [
        new() { Name = "report.csv", Text = "id,total\n1,10\n", ContentType = "text/csv" },
        new() { Name = "summary.json", Text = """{"items":3}""", ContentType = "application/json" },
        new() { Name = "trace.log", Text = "step 4 begins\n", ContentType = "text/plain" },
        new() { Name = "source.txt", Text = "given\n", Operation = "read", Artifact = false, ContentType = "text/plain" },
    ];
}
