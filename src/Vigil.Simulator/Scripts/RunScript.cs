using System.ComponentModel.DataAnnotations;

namespace Vigil.Simulator;

/// <summary>The script of a run: its steps, how long they take, and how it ends. The run's state is a function of the script and the time.</summary>
public sealed record RunScript
{
    /// <summary>Gets how long it is queued before it begins. Default: zero.</summary>
    public RunDuration Queued { get; init; } = RunDuration.Zero;

    /// <summary>Gets its steps. A step that fails ends the run, unless it is optional.</summary>
    public ImmutableArray<StepScript> Steps { get; init; } = [];

    /// <summary>Gets how it ends if no step fails. Default: <see cref="RunOutcome.Succeeded"/>.</summary>
    public RunOutcome Outcome { get; init; } = RunOutcome.Succeeded;

    /// <summary>Gets why it did not succeed; the reason of a failing step takes precedence.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets more detail on the reason.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets its output if it succeeds.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Gets the file in which a pipeline's output is stored; null if the output is part of the response.</summary>
    public StoredOutputScript? StoredOutput { get; init; }

    /// <summary>Gets the seconds after which the platform stops it; null for no limit.</summary>
    [Range(0, 1e9)]
    public double? TimeLimitSeconds { get; init; }

    /// <summary>Gets the total number of tokens it uses.</summary>
    [Range(0, 1e12)]
    public double Tokens { get; init; } = 1200;

    /// <summary>Gets its total cost in cents.</summary>
    [Range(0, int.MaxValue)]
    public int CostCents { get; init; } = 15;

    /// <summary>Gets the script of the next attempt when it is retried; null for this script without failures.</summary>
    public RunScript? Retry { get; init; }

    /// <summary>Gets the refusal of the start; null if it is accepted.</summary>
    public StartRefusal? Refusal { get; init; }
}

/// <summary>One step of a <see cref="RunScript"/>.</summary>
public sealed record StepScript
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the platform's kind of step; null for the platform's default.</summary>
    public string? Kind { get; init; }

    /// <summary>Gets how long it takes. Default: 1 second.</summary>
    public RunDuration Duration { get; init; } = new() { Seconds = 1 };

    /// <summary>Gets the names of the steps it depends on; null for the step before it.</summary>
    public ImmutableArray<string>? DependsOn { get; init; }

    /// <summary>Gets the name of the step that contains it, such as a subworkflow; null for a step of the run itself. Only cognite tells it.</summary>
    public string? Parent { get; init; }

    /// <summary>Gets a value indicating whether it fails.</summary>
    public bool Fails { get; init; }

    /// <summary>Gets a value indicating whether the run continues if it fails.</summary>
    public bool Optional { get; init; }

    /// <summary>Gets a value indicating whether the run waits for a person while it is at this step.</summary>
    public bool AwaitsInput { get; init; }

    /// <summary>Gets why it fails.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets more detail on the reason.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets the files that it writes when it ends.</summary>
    public ImmutableArray<FileScript> Files { get; init; } = [];
}

/// <summary>A file that a step writes.</summary>
public sealed record FileScript
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its text; null for <see cref="SizeBytes"/> bytes generated from its name.</summary>
    public string? Text { get; init; }

    /// <summary>Gets its size if it has no <see cref="Text"/>. Default: 1,024.</summary>
    [Range(0, 1 << 30)]
    public int SizeBytes { get; init; } = 1024;

    /// <summary>Gets what the step does with it: create, write, modify, read. Default: create.</summary>
    public string Operation { get; init; } = "create";

    /// <summary>Gets a value indicating whether it is one of the run's results. Default: true.</summary>
    public bool Artifact { get; init; } = true;

    /// <summary>Gets its media type.</summary>
    public string ContentType { get; init; } = "application/octet-stream";
}

/// <summary>How a run ends.</summary>
public enum RunOutcome
{
    /// <summary>Successfully.</summary>
    Succeeded = 0,

    /// <summary>With an error.</summary>
    Failed = 1,

    /// <summary>Cancelled by a client.</summary>
    Cancelled = 2,

    /// <summary>Stopped by the platform.</summary>
    Killed = 3,

    /// <summary>Stopped by a time limit.</summary>
    TimedOut = 4,

    /// <summary>It never ends.</summary>
    Never = 5,
}

/// <summary>The refusal of a start: the HTTP status, and the platform's error code and message.</summary>
public sealed record StartRefusal([property: Range(200, 599)] int Status, string Code = "refused", string Message = "The start was refused.");

/// <summary>A file in which a pipeline's output is stored; a client fetches it by a signed address.</summary>
public sealed record StoredOutputScript
{
    /// <summary>Gets what it contains. Default: <see cref="OutputFileType.Json"/>.</summary>
    public OutputFileType FileType { get; init; }

    /// <summary>Gets its compression. Default: <see cref="OutputCompression.None"/>.</summary>
    public OutputCompression Compression { get; init; }

    /// <summary>Gets its text; null for the script's output.</summary>
    public string? Text { get; init; }
}

/// <summary>What a stored output contains.</summary>
public enum OutputFileType
{
    /// <summary>JSON.</summary>
    Json = 0,

    /// <summary>Parquet.</summary>
    Parquet = 1,

    /// <summary>CSV.</summary>
    Csv = 2,

    /// <summary>Anything else.</summary>
    Binary = 3,
}

/// <summary>How a stored output is compressed.</summary>
public enum OutputCompression
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>By gzip.</summary>
    Gzip = 1,

    /// <summary>By Brotli.</summary>
    Brotli = 2,

    /// <summary>Said to be by LZ4, which .NET does not have.</summary>
    Lz4 = 3,
}
