using Vigil.Storage;

namespace Vigil.Benchmarks;

/// <summary>Writes of a realistic size.</summary>
internal static class StorageWrites
{
    private static readonly DateTimeOffset Epoch = new(2025, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] State = Encoding.UTF8.GetBytes($$"""{"state":"{{new string('s', 1_500)}}"}""");
    private static readonly byte[] Told = Encoding.UTF8.GetBytes($$"""{"execution":"{{new string('e', 1_200)}}"}""");
    private static readonly ImmutableArray<Payload> Input = [new(Payload.Input, $$"""{"text":"{{new string('i', 300)}}"}""")];

    public static string IdOf(int n) => $"{n:D8}-0199-7abc-8def-0123456789ab";

    public static StateWrite Start(string id, int n) => new()
    {
        Key = new(StateKind.Execution, id),
        Json = State,
        Columns = Columns(n, ExecutionStatus.Submitting),
        Event = new(ExecutionEventTypes.Accepted, 1, 1, Epoch, Told, []),
        Payloads = Input,
    };

    public static StateWrite Next(string id, string etag, long version, ExecutionStatus status) => new()
    {
        Key = new(StateKind.Execution, id),
        Json = State,
        ExpectedETag = etag,
        Columns = Columns(0, status) with { Version = version, RemoteId = status == ExecutionStatus.Submitting ? null : id },
        Event = new(ExecutionEventTypes.Updated, 1, version, Epoch, Told, []),
    };

    /// <summary>One of many rows: nine tenths ended, the rest running.</summary>
    public static StateWrite Filled(int n) => new()
    {
        Key = new(StateKind.Execution, IdOf(n)),
        Json = State,
        Columns = Columns(n, (n % 10) switch { 0 => ExecutionStatus.Running, 1 => ExecutionStatus.Failed, _ => ExecutionStatus.Succeeded }) with
        {
            AcceptedAt = Epoch.AddSeconds(n / 10),
            RemoteId = IdOf(n),
        },
    };

    private static ExecutionColumns Columns(int n, ExecutionStatus status) => new()
    {
        Connection = $"c{n % 7}",
        Platform = "gloriamundo",
        TargetKind = "workflow",
        TargetId = "ok-5s",
        Status = status,
        Live = !status.IsTerminal(),
        Version = 1,
        Owner = "silo",
        AcceptedAt = Epoch,
        DeadlineAt = Epoch.AddHours(24),
    };
}
