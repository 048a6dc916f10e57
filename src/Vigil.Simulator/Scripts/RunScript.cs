using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Vigil.Simulator;

/// <summary>How a run goes: what happens in it, how long that takes, and how it ends. Where it stands is a function of this and the time.</summary>
public sealed record RunScript
{
    /// <summary>Gets how long it waits before it begins. Default: not at all.</summary>
    public RunDuration Queued { get; init; } = RunDuration.Zero;

    /// <summary>Gets its steps. One that fails ends the run, unless it is optional.</summary>
    public ImmutableArray<StepScript> Steps { get; init; } = [];

    /// <summary>Gets how it ends where no step ends it. Default: <see cref="RunOutcome.Succeeded"/>.</summary>
    public RunOutcome Outcome { get; init; } = RunOutcome.Succeeded;

    /// <summary>Gets why it did not succeed; a failing step's own reason goes before.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets more of the reason.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets what it leaves where it succeeds.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Gets the seconds after which the platform stops it; null for none.</summary>
    [Range(0, 1e9)]
    public double? TimeLimitSeconds { get; init; }

    /// <summary>Gets the tokens that it uses in all.</summary>
    [Range(0, 1e12)]
    public double Tokens { get; init; } = 1200;

    /// <summary>Gets what it costs in all.</summary>
    [Range(0, int.MaxValue)]
    public int CostCents { get; init; } = 15;

    /// <summary>Gets how it goes when it is run again; null: like this, but every step succeeds.</summary>
    public RunScript? Retry { get; init; }

    /// <summary>Gets what the start is refused with; null where it is accepted.</summary>
    public StartRefusal? Refusal { get; init; }
}

/// <summary>One step of a <see cref="RunScript"/>.</summary>
public sealed record StepScript
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the platform's kind of step; null for the platform's usual one.</summary>
    public string? Kind { get; init; }

    /// <summary>Gets how long it takes. Default: a second.</summary>
    public RunDuration Duration { get; init; } = new() { Seconds = 1 };

    /// <summary>Gets the names of the steps that it waits for; null: the step before it.</summary>
    public ImmutableArray<string>? DependsOn { get; init; }

    /// <summary>Gets a value indicating whether it fails.</summary>
    public bool Fails { get; init; }

    /// <summary>Gets a value indicating whether the run goes on although it fails.</summary>
    public bool Optional { get; init; }

    /// <summary>Gets a value indicating whether the run waits for a person while it is at this step.</summary>
    public bool AwaitsInput { get; init; }

    /// <summary>Gets why it fails.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets more of the reason.</summary>
    public string? Detail { get; init; }

    /// <summary>Gets the files that it writes when it ends.</summary>
    public ImmutableArray<FileScript> Files { get; init; } = [];
}

/// <summary>A file that a step writes.</summary>
public sealed record FileScript
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its text; null: as many bytes as <see cref="SizeBytes"/>, made from its name.</summary>
    public string? Text { get; init; }

    /// <summary>Gets its size where it has no <see cref="Text"/>.</summary>
    [Range(0, 1 << 30)]
    public int SizeBytes { get; init; } = 1024;

    /// <summary>Gets what the step does with it: create, write, modify, read. Default: create.</summary>
    public string Operation { get; init; } = "create";

    /// <summary>Gets a value indicating whether it is one of the run's results. Default: true.</summary>
    public bool Artifact { get; init; } = true;

    /// <summary>Gets the media type that it is served with.</summary>
    public string ContentType { get; init; } = "application/octet-stream";
}

/// <summary>How a run ends.</summary>
public enum RunOutcome
{
    /// <summary>Well.</summary>
    Succeeded = 0,

    /// <summary>With an error.</summary>
    Failed = 1,

    /// <summary>Stopped by somebody.</summary>
    Cancelled = 2,

    /// <summary>Stopped by the platform.</summary>
    Killed = 3,

    /// <summary>Stopped by a time limit.</summary>
    TimedOut = 4,

    /// <summary>Not at all.</summary>
    Never = 5,
}

/// <summary>What a start is refused with.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The platform's code, where it has codes.</param>
/// <param name="Message">The platform's sentence.</param>
public sealed record StartRefusal([property: Range(200, 599)] int Status, string Code = "refused", string Message = "The start was refused.");
