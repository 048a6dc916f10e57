using Vigil.Storage;

namespace Vigil.Tests.Storage;

/// <summary>Writes that are right unless a test says otherwise.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2025, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this StoredState state) => Encoding.UTF8.GetString(state.Json.Span);

    public static StateKey Execution(string id) => new(StateKind.Execution, id);

    public static ExecutionColumns Columns(ExecutionStatus status = ExecutionStatus.Submitting) => new()
    {
        Connection = "acme",
        Platform = "gloriamundo",
        TargetKind = "workflow",
        TargetId = "ok-5s",
        Status = status,
        Live = !status.IsTerminal(),
        Version = 1,
        AcceptedAt = Noon,
        DeadlineAt = Noon.AddHours(24),
    };

    /// <summary>The first write of an execution.</summary>
    public static StateWrite Start(string id, ExecutionColumns? columns = null, params string[] subscribers) => new()
    {
        Key = Execution(id),
        Json = Json($$"""{"id":"{{id}}"}"""),
        Columns = columns ?? Columns(),
        Event = Event(ExecutionEventTypes.Accepted, 1, subscribers),
        Payloads = [new(Payload.Input, """{"n":1}""")],
    };

    /// <summary>A later write of an execution.</summary>
    public static StateWrite Next(string id, string etag, long version, ExecutionStatus status = ExecutionStatus.Running, params string[] subscribers) => new()
    {
        Key = Execution(id),
        Json = Json($$"""{"id":"{{id}}","version":{{version}}}"""),
        ExpectedETag = etag,
        Columns = Columns(status) with { Version = version },
        Event = Event(status.IsTerminal() ? ExecutionEventTypes.Ended : ExecutionEventTypes.Updated, version, subscribers),
    };

    public static NewEvent Event(string type, long version, params string[] subscribers) =>
        new(type, Attempt: 1, version, Noon.AddSeconds(version), Json($$"""{"version":{{version}}}"""), [.. subscribers]);
}
