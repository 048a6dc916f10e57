using Vigil.Platforms;
using Vigil.Platforms.Manifest;
using Vigil.Tests.Platforms.Fuzz;
using Vigil.Tests.Platforms.Support;
using Xunit.Abstractions;

namespace Vigil.Tests.Platforms.Manifest;

public sealed class ManifestFuzzTests(ITestOutputHelper output)
{
    private const string RunId = "5f0c8a52-3f0e-4f6e-9a6d-0c5f6f1b2c3d";

    [Fact]
    public async Task SpoiltAnswers_NeverBreakTheAdapterAndNeverEndARun() =>
        await new AdapterFuzz(new ManifestPlatform([]), output, ("find_path", "/find?{id}")).RunAsync(
            [.. Recorded.All("Manifest").Select(recorded => recorded.Text)], AskAsync, StatesEnd);

    [Fact]
    public async Task OversizedAnswer_IsLeftWhileItStreams()
    {
        var body = new EndlessBody(50L * 1024 * 1024);
        var connection = new ManifestPlatform([]).To(new StubPlatform(_ => EndlessBody.Answer(body)));

        var error = await Connected.FailureOfAsync(() => connection.GetDetailAsync(new RemoteRun(RunId), CancellationToken.None));

        Assert.Equal(PlatformErrorKind.Transient, error.Kind);
        Assert.InRange(body.Taken, PlatformHttp.MaxResponseBytes, PlatformHttp.MaxResponseBytes + (1024 * 1024));
    }

    private static async Task<IEnumerable<Snapshot>> AskAsync(IPlatformConnection connection, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                return (await connection.SubmitAsync(Connected.Request("code_block", "c"), CancellationToken.None)).Snapshot is { } started ? [started] : [];
            case 1:
                return (await connection.FindStartAsync(Connected.Request("agent", "a"), CancellationToken.None))?.Snapshot is { } found ? [found] : [];
            case 2:
                await connection.CancelAsync(new RemoteRun(RunId), null, CancellationToken.None);
                return [];
            default:
                var answers = await connection.PollAsync([new RemoteRun(RunId)], CancellationToken.None);
                return answers.OfType<PollAnswer.Seen>().Select(seen => seen.Snapshot);
        }
    }

    private static bool StatesEnd(JsonElement body, Snapshot snapshot) => EndWords.AreIn(body, snapshot.Status switch
    {
        ExecutionStatus.Succeeded => "completed",
        ExecutionStatus.Failed => "failed",
        ExecutionStatus.Cancelled => "cancelled",
        ExecutionStatus.TimedOut => "timedout",
        ExecutionStatus.Terminated => "terminated",
        _ => "",
    });
}
