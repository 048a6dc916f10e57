using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Tests.Platforms.Fuzz;
using Vigil.Tests.Platforms.Support;
using Xunit.Abstractions;

namespace Vigil.Tests.Platforms.Agentic;

public sealed class AgenticFuzzTests(ITestOutputHelper output)
{
    private const string RunId = "06965877-9e27-7f35-8000-4c2b1f6f2a10";

    private static readonly Dictionary<ExecutionStatus, string> Words = new()
    {
        [ExecutionStatus.Succeeded] = "Completed",
        [ExecutionStatus.Failed] = "Failed",
        [ExecutionStatus.Cancelled] = "Cancelled",
        [ExecutionStatus.Terminated] = "Killed",
    };

    [Fact]
    public async Task SpoiltAnswers_NeverBreakTheAdapterAndNeverEndARun() =>
        await new AdapterFuzz(new AgenticPlatform(), output, ("tenant_id", "t1"), ("cancel_mutation", "stop")).RunAsync(
            [.. Recorded.All("Agentic").Select(recorded => recorded.Text), Batch()], AskAsync, StatesEnd);

    private static async Task<IEnumerable<Snapshot>> AskAsync(IPlatformConnection connection, Random random)
    {
        switch (random.Next(10))
        {
            case 0:
                var submitted = await connection.SubmitAsync(Connected.Request("flow", "f", """{ "title": "x" }"""), CancellationToken.None);
                return submitted.Snapshot is { } snapshot ? [snapshot] : [];
            case 1:
                await connection.CancelAsync(new RemoteRun(RunId), null, CancellationToken.None);
                return [];
            case 2:
                var file = await connection.OpenFileAsync(new ExecutionFile("id", "n", "/p", null, null, null), null, CancellationToken.None);
                await file.Body.DisposeAsync();
                return [];
            case 3 or 4:
                return Seen([await connection.GetDetailAsync(new RemoteRun(RunId), CancellationToken.None)]);
            case 5 or 6:
                return Seen(await connection.PollAsync([new(RunId), new(RunId), new("another")], CancellationToken.None));
            default:
                return Seen(await connection.PollAsync([new(RunId)], CancellationToken.None));
        }
    }

    private static IEnumerable<Snapshot> Seen(IEnumerable<PollAnswer> answers) => answers.OfType<PollAnswer.Seen>().Select(seen => seen.Snapshot);

    private static bool StatesEnd(JsonElement body, Snapshot snapshot) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
        && data.EnumerateObject().Any(field => field.Value.ValueKind == JsonValueKind.Object && field.Value.TryGetProperty("result", out var result)
            && result.ValueKind == JsonValueKind.String && string.Equals(result.GetString(), Words[snapshot.Status], StringComparison.OrdinalIgnoreCase));

    private static string Batch() => $$"""
        { "data": { "r0": { "id": "{{RunId}}", "result": "Completed", "steps": [] }, "r1": { "id": "{{RunId}}", "result": "Failed", "steps": [] }, "r2": null },
          "errors": [ { "message": "Flow execution not found", "path": ["r2"] } ] }
        """;
}
