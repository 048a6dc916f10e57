using Vigil.Grains.Lifecycle;
using Vigil.Platforms;

namespace Vigil.Tests.Lifecycle;

/// <summary>Requests, answers and lives to begin a test with.</summary>
internal static class Given
{
    public const string Silo = "silo-1";

    public static StartExecution Request { get; } = new()
    {
        Connection = "main",
        Target = new("workflow", "wf-1"),
        Input = """{"a":1}""",
        Metadata = ImmutableDictionary<string, string>.Empty.Add("team", "blue"),
        Deadline = TimeSpan.FromHours(1),
    };

    public static LifecycleInput Start(Func<StartExecution, StartExecution>? change = null, string hash = "hash-1") =>
        new LifecycleInput.Start("exec-1", "gloriamundo", (change ?? (same => same))(Request), hash);

    public static Snapshot Running { get; } = new() { Status = ExecutionStatus.Running, RawStatus = "running" };

    public static Snapshot Awaiting { get; } = new() { Status = ExecutionStatus.AwaitingInput, RawStatus = "paused" };

    public static Snapshot Succeeded { get; } = new() { Status = ExecutionStatus.Succeeded, RawStatus = "completed" };

    public static Snapshot Failed { get; } = new() { Status = ExecutionStatus.Failed, RawStatus = "failed", Failure = new("boom") };

    public static PlatformError Error(int status, PlatformErrorKind kind = PlatformErrorKind.Final, TimeSpan? retryAfter = null) =>
        new(kind, $"http_{status}", $"The platform answered {status}.", status, retryAfter);

    public static PlatformError NoConnection { get; } =
        new(PlatformErrorKind.Transient, "no_connection", "Nobody listens there.", CertainlyNotActedOn: true);

    public static PlatformError NoAnswer { get; } = new(PlatformErrorKind.Transient, "timeout", "No answer came.");

    public static Life Accepted(Life? life = null, Func<StartExecution, StartExecution>? change = null) => (life ?? new()).Apply(Start(change));

    public static Life Sending(Life? life = null, Func<StartExecution, StartExecution>? change = null) => Accepted(life, change).Claim();

    public static Life Started(Life? life = null, Func<StartExecution, StartExecution>? change = null) => Sending(life, change).After(1).Confirm();

    public static Life RunningFor(double seconds, Life? life = null, Func<StartExecution, StartExecution>? change = null) =>
        Started(life, change).After(1).See(Running).After(seconds - 1);

    public static Life Ended(Snapshot? end = null, Life? life = null, Func<StartExecution, StartExecution>? change = null)
    {
        var running = RunningFor(10, life, change);
        return running.See((end ?? Failed) with { EndedAt = running.Now.AddSeconds(-1) });
    }

    /// <summary>A failed execution of which a retry is wished, 20 s after its end.</summary>
    public static Life Retried(Life? life = null) => Ended(life: life).After(20).Apply(new LifecycleInput.Retry());

    public static Life Claim(this Life life, string silo = Silo) => life.Apply(new LifecycleInput.Claim(silo));

    public static Life Confirm(this Life life, Snapshot? snapshot = null, string remoteId = "run-1") =>
        life.Apply(new LifecycleInput.Confirmed(life.State.Submission.Claims, new(remoteId, snapshot), life.Now, life.Now));

    public static Life Fails(this Life life, PlatformError error) =>
        life.Apply(new LifecycleInput.SubmitFailed(life.State.Submission.Claims, error, life.Now));

    public static Life See(this Life life, Snapshot snapshot, double sentSecondsAgo = 0, int? attempt = null, bool single = false, string? attention = null) =>
        life.Apply(new LifecycleInput.Observed(
            new(snapshot, attempt ?? life.State.Attempt, life.Now.AddSeconds(-sentSecondsAgo), life.Now), RequestShare: 1, Polls: 1, single)
        { Attention = Attention(attention, life) });

    public static Life Miss(this Life life, bool single = false, double sentSecondsAgo = 0, AbsenceProof proof = AbsenceProof.None, string? attention = null) =>
        life.Apply(new LifecycleInput.NotFound(life.State.Attempt, life.Now.AddSeconds(-sentSecondsAgo), single, Proof: proof) { Attention = Attention(attention, life) });

    /// <summary>The platform refuses to show the run.</summary>
    public static Life Refuse(this Life life, AbsenceProof proof = AbsenceProof.None) =>
        life.Apply(new LifecycleInput.PollFailed(life.State.Attempt, life.Now, Error(403), Single: true, Proof: proof));

    /// <summary>A poll fails that may succeed later.</summary>
    public static Life FailPoll(this Life life, string? attention = null) =>
        life.Apply(new LifecycleInput.PollFailed(life.State.Attempt, life.Now, NoAnswer) { Attention = Attention(attention, life) });

    private static ExecutionAttention? Attention(string? reason, Life life) => reason is null ? null : new(reason, life.Now, "what was met");

    public static Life Tick(this Life life) => life.Apply(new LifecycleInput.Tick());

    public static Life Cancel(this Life life, string? reason = "enough") => life.Apply(new LifecycleInput.Cancel(reason));

    public static Life Abandon(this Life life, string? reason = "enough") => life.Apply(new LifecycleInput.Abandon(reason));

    public static Life CancelAnswered(this Life life, PlatformError? error = null) =>
        life.Apply(new LifecycleInput.CancelAnswered(life.State.Attempt, error));

    public static StepSnapshot Step(string id, StepStatus status = StepStatus.Running, string? output = null) =>
        new() { Id = id, Name = $"Step {id}", Status = status, Output = output };

    /// <summary>Acknowledges everything that the last transition told.</summary>
    public static Life Acknowledge(this Life life) => life.Apply(new LifecycleInput.StepsAcknowledged(
        life.Effects.OfType<LifecycleEffect.ReportSteps>().SelectMany(told => told.Reports).ToImmutableDictionary(report => report.Snapshot.Id, report => report.Version)));
}
