using Vigil.Storage;

namespace Vigil.Benchmarks;

/// <summary>Writes of a realistic size.</summary>
internal static class StorageWrites
{
    private static readonly DateTimeOffset Epoch = new(2025, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly byte[] State = Encoding.UTF8.GetBytes($$"""{"state":"{{new string('s', 1_500)}}"}""");
    private static readonly byte[] Told = Encoding.UTF8.GetBytes($$"""{"execution":"{{new string('e', 1_200)}}"}""");
    private static readonly string Input = $$"""{"text":"{{new string('i', 300)}}"}""";

    public static string IdOf(int n) => $"{n:D8}-0199-7abc-8def-0123456789ab";

    public static ExecutionWrite Start(string id, int n) => Write(id, n, ExecutionStatus.Submitting) with
    {
        EventType = ExecutionEventTypes.Accepted,
        EventJson = Told,
        Input = Input,
    };

    public static ExecutionWrite Next(string id, string etag, long version, ExecutionStatus status) => Write(id, n: 0, status) with
    {
        ExpectedETag = etag,
        Version = version,
        RemoteId = status == ExecutionStatus.Submitting ? null : id,
        EventType = ExecutionEventTypes.Updated,
        EventJson = Told,
    };

    /// <summary>One of many rows: nine tenths ended, the rest running.</summary>
    public static ExecutionWrite Filled(int n) =>
        Write(IdOf(n), n, (n % 10) switch { 0 => ExecutionStatus.Running, 1 => ExecutionStatus.Failed, _ => ExecutionStatus.Succeeded }) with
        {
            AcceptedAt = Epoch.AddSeconds(n / 10),
            RemoteId = IdOf(n),
        };

    private static ExecutionWrite Write(string id, int n, ExecutionStatus status) => new()
    {
        Id = id,
        Json = State,
        Connection = $"c{n % 7}",
        Platform = "gloriamundo",
        TargetKind = "workflow",
        TargetId = "ok-5s",
        Status = status,
        Live = !status.IsTerminal(),
        Attempt = 1,
        Version = 1,
        Owner = "silo",
        AcceptedAt = Epoch,
        DeadlineAt = Epoch.AddHours(24),
        EventAt = Epoch,
    };
}
