using System.Text.Json.Nodes;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary>An example of each type of answer, for the OpenAPI document.</summary>
internal static class AnswerExamples
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 15, 30, 0, TimeSpan.Zero);

    private static readonly ExecutionTarget Target = new("workflow", "ok-5s");

    private static readonly ExecutionFile File = new("f1", "report.csv", "reports/report.csv", 1234, "write", Start.AddSeconds(4));

    private static readonly Execution Ended = new()
    {
        Id = "order-1234",
        Connection = "gloriamundo",
        Platform = "gloriamundo",
        Target = Target,
        Status = ExecutionStatus.Succeeded,
        RawStatus = "completed",
        Version = 4,
        RemoteId = "5f0c7a52-9a3e-4a55-9f57-0a4f3ac4e3b1",
        Progress = new(1, 1, 100, "write"),
        Steps = [new() { Id = "write", Name = "write", Status = StepStatus.Succeeded, RawStatus = "completed" }],
        Output = """{"text":"Done."}""",
        Metadata = ImmutableDictionary<string, string>.Empty.Add("order", "1234"),
        AcceptedAt = Start,
        SubmittedAt = Start.AddSeconds(1),
        StartedAt = Start.AddSeconds(1),
        EndedAt = Start.AddSeconds(6),
        ObservedAt = Start.AddSeconds(7),
        DeadlineAt = Start.AddHours(24),
        Polls = 3,
        Requests = 4,
        LagMs = 800,
        StepsTotal = 1,
    };

    private static readonly Step Step = new()
    {
        ExecutionId = Ended.Id,
        Id = "write",
        Name = "write",
        Status = StepStatus.Succeeded,
        RawStatus = "completed",
        Output = """{"rows":12}""",
        Files = [File],
        Version = 2,
        StartedAt = Start.AddSeconds(1),
        EndedAt = Start.AddSeconds(6),
        History = [new(Start.AddSeconds(2), 1, StepStatus.Running, "running"), new(Start.AddSeconds(7), 1, StepStatus.Succeeded, "completed")],
    };

    private static readonly ConnectionStatus Connection = new()
    {
        Name = "gloriamundo",
        Platform = "gloriamundo",
        State = "active",
        TargetKinds = ["workflow"],
        Watched = 12,
        EffectiveCadenceSeconds = 5,
        RequestsPerMinute = 60,
    };

    private static readonly Dictionary<Type, object> Values = new object[]
    {
        Ended,
        new ExecutionList([Ended with { Output = null }], "eyJhIjoxfQ"),
        new StepList([Step], null, 1, false),
        new FileList([File]),
        Connection,
        new ConnectionList([Connection]),
        new ExecutionStats(ImmutableSortedDictionary<ExecutionStatus, long>.Empty.Add(ExecutionStatus.Running, 12), new(1, ImmutableSortedDictionary<string, long>.Empty.Add(AttentionReasons.PollsFail, 1))),
        new PlatformRunList([new() { RemoteId = Ended.RemoteId, Status = Ended.Status, RawStatus = Ended.RawStatus, Target = Target, CreatedAt = Start, Execution = Ended.Id }], null),
        new AdoptedRunList([new(Ended.RemoteId, Ended.Id, Created: true)], null),
        new NotReady(["store"]),
    }.ToDictionary(value => value.GetType());

    /// <summary>Returns an example of a type; null if there is none.</summary>
    public static JsonNode? Of(Type? type) =>
        type is not null && Values.GetValueOrDefault(type) is { } value ? JsonSerializer.SerializeToNode(value, ApiJson.Default.GetTypeInfo(type)!) : null;
}
