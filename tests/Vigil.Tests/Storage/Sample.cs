using Vigil.Storage;

namespace Vigil.Tests.Storage;

/// <summary>Writes that are right unless a test says otherwise.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2025, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this StoredState state) => Encoding.UTF8.GetString(state.Json.Span);

    public static StateKey Execution(string id) => new(StateKind.Execution, id);

    /// <summary>The first write of an execution.</summary>
    public static ExecutionWrite Start(string id, ExecutionStatus status = ExecutionStatus.Submitting, params string[] subscribers) => new()
    {
        Id = id,
        Json = Json($$"""{"id":"{{id}}"}"""),
        Connection = "acme",
        Platform = "gloriamundo",
        TargetKind = "workflow",
        TargetId = "ok-5s",
        Status = status,
        Live = !status.IsTerminal(),
        Attempt = 1,
        Version = 1,
        AcceptedAt = Noon,
        DeadlineAt = Noon.AddHours(24),
        EventType = ExecutionEventTypes.Accepted,
        EventAt = Noon.AddSeconds(1),
        EventJson = Json("""{"version":1}"""),
        Subscribers = [.. subscribers],
        Input = """{"n":1}""",
    };

    /// <summary>A later write of an execution.</summary>
    public static ExecutionWrite Next(string id, string etag, long version, ExecutionStatus status = ExecutionStatus.Running, params string[] subscribers) =>
        Start(id, status, subscribers) with
        {
            Json = Json($$"""{"id":"{{id}}","version":{{version}}}"""),
            ExpectedETag = etag,
            Version = version,
            EventType = status.IsTerminal() ? ExecutionEventTypes.Ended : ExecutionEventTypes.Updated,
            EventAt = Noon.AddSeconds(version),
            EventJson = Json($$"""{"version":{{version}}}"""),
            Input = null,
        };

    /// <summary>A write of a step, whose id begins with its execution's.</summary>
    public static StepWrite Step(string id, string json, string? etag = null, long version = 0) => new()
    {
        Id = id,
        ExecutionId = id[..id.IndexOf('/')],
        Json = Json(json),
        ExpectedETag = etag,
        Version = version,
    };
}
