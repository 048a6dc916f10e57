namespace Vigil.Tests.Lifecycle.Simulation;

/// <summary>A run on the simulated platform: when it does what, decided when it begins, and changed by nothing but a cancellation.</summary>
internal sealed class PlatformRun(DateTimeOffset beganAt, string marker)
{
    public string Id { get; } = $"run-{beganAt.UtcTicks}";

    public string Marker { get; } = marker;

    public DateTimeOffset BeganAt { get; } = beganAt;

    public DateTimeOffset VisibleAt { get; init; }

    public DateTimeOffset MarkedAt { get; init; }

    public DateTimeOffset? VanishesAt { get; init; }

    /// <summary>Gets the times that it ran, one for the start and one for each retry.</summary>
    public List<Passage> Passages { get; } = [];

    public Passage Last => Passages[^1];

    public Passage At(DateTimeOffset time) => Passages.FindLast(passage => passage.BeginsAt <= time) ?? Passages[0];

    public bool IsRunning(DateTimeOffset time) => time < Last.EndsAt;
}

/// <summary>One time that a run ran.</summary>
internal sealed class Passage
{
    public required DateTimeOffset BeginsAt { get; init; }

    public required DateTimeOffset RunsAt { get; init; }

    public DateTimeOffset? AwaitsAt { get; init; }

    public DateTimeOffset? GoesOnAt { get; init; }

    public required DateTimeOffset EndsAt { get; set; }

    public required ExecutionStatus Outcome { get; set; }

    public int CancelRequests { get; set; }

    public ExecutionStatus At(DateTimeOffset time) => time >= EndsAt ? Outcome
        : time < RunsAt ? ExecutionStatus.Pending
        : time >= AwaitsAt && time < GoesOnAt ? ExecutionStatus.AwaitingInput
        : ExecutionStatus.Running;
}
