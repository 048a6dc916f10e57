using Vigil.Platforms;
using Vigil.Platforms.GloriaMundo;
using Vigil.Tests.Platforms.Fuzz;
using Vigil.Tests.Platforms.Support;
using Xunit.Abstractions;

namespace Vigil.Tests.Platforms.GloriaMundo;

public sealed class GloriaMundoFuzzTests(ITestOutputHelper output)
{
    private const string RunId = "550e8400-e29b-41d4-a716-446655440000";

    [Fact]
    public async Task SpoiltAnswers_NeverBreakTheAdapterAndNeverEndARun() =>
        await new AdapterFuzz(new GloriaMundoPlatform(), output).RunAsync(
            [.. Recorded.All("GloriaMundo").Select(recorded => recorded.Text)], AskAsync, StatesEnd);

    [Fact]
    public async Task OversizedAnswer_IsLeftWhileItStreams()
    {
        var body = new EndlessBody(50L * 1024 * 1024);
        var connection = new GloriaMundoPlatform().To(new StubPlatform(_ => EndlessBody.Answer(body)));

        var error = await Connected.FailureOfAsync(() => connection.GetDetailAsync(new RemoteRun(RunId), CancellationToken.None));

        Assert.Equal(PlatformErrorKind.Transient, error.Kind);
        Assert.InRange(body.Taken, PlatformHttp.MaxResponseBytes, PlatformHttp.MaxResponseBytes + (1024 * 1024));
    }

    private static async Task<IEnumerable<Snapshot>> AskAsync(IPlatformConnection connection, Random random)
    {
        if (random.Next(5) == 0)
        {
            var submitted = await connection.SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None);
            return submitted.Snapshot is { } snapshot ? [snapshot] : [];
        }

        var answers = await connection.PollAsync([new RemoteRun(RunId)], CancellationToken.None);
        return answers.OfType<PollAnswer.Seen>().Select(seen => seen.Snapshot);
    }

    private static bool StatesEnd(JsonElement body, Snapshot snapshot) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.String
        && string.Equals(status.GetString(), snapshot.Status switch
        {
            ExecutionStatus.Succeeded => "completed",
            ExecutionStatus.Cancelled => "cancelled",
            _ => "failed",
        }, StringComparison.OrdinalIgnoreCase);
}
