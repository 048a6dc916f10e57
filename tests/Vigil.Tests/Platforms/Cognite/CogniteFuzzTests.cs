using Vigil.Platforms;
using Vigil.Platforms.Cognite;
using Vigil.Tests.Platforms.Fuzz;
using Vigil.Tests.Platforms.Support;
using Xunit.Abstractions;

namespace Vigil.Tests.Platforms.Cognite;

public sealed class CogniteFuzzTests(ITestOutputHelper output)
{
    private static readonly RemoteRun Run = new("059edaa4-a17a-4102-910e-2c3591500cce");

    [Fact]
    public async Task SpoiltAnswers_NeverBreakTheAdapterAndNeverEndARun() =>
        await new AdapterFuzz(new CognitePlatform(), output, ("project", "p")).RunAsync(
            [.. Recorded.All("Cognite").Select(recorded => recorded.Text)], AskAsync, StatesEnd);

    [Fact]
    public async Task SpoiltTokens_NeverBreakTheAdapter() =>
        await new AdapterFuzz(new CognitePlatform(), output, ("project", "p"), ("token_url", "https://login.test/token"), ("client_id", "c")).RunAsync(
            [.. Recorded.All("Cognite").Select(recorded => recorded.Text), """{ "access_token": "abcdefgh", "expires_in": 3600, "token_type": "Bearer" }"""],
            AskAsync,
            StatesEnd);

    [Fact]
    public async Task OversizedAnswer_IsLeftWhileItStreams()
    {
        var body = new EndlessBody(50L * 1024 * 1024);
        var connection = new CognitePlatform().To(new StubPlatform(_ => EndlessBody.Answer(body)), Connected.Options("cognite", ("project", "p")));

        var error = await Connected.FailureOfAsync(() => connection.ListActiveAsync(null, 1_000, CancellationToken.None));

        Assert.Equal(PlatformErrorKind.Transient, error.Kind);
        Assert.InRange(body.Taken, PlatformHttp.MaxResponseBytes, PlatformHttp.MaxResponseBytes + (1024 * 1024));
    }

    private static async Task<IEnumerable<Snapshot>> AskAsync(IPlatformConnection connection, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                var request = Connected.Request("workflow", "w", version: "1");
                return (await connection.SubmitAsync(request, CancellationToken.None)).Snapshot is { } started ? [started] : [];
            case 1:
                return (await connection.ListActiveAsync(null, 100, CancellationToken.None)).Runs.Select(run => run.Value);
            case 2:
                var found = await connection.FindStartAsync(Connected.Request("workflow", "daily-report", version: "v7"), CancellationToken.None);
                return found?.Snapshot is { } snapshot ? [snapshot] : [];
            case 3:
                await connection.RetryAsync(Run, CancellationToken.None);
                return [];
            default:
                var answers = await connection.PollAsync([Run], CancellationToken.None);
                return answers.OfType<PollAnswer.Seen>().Select(seen => seen.Snapshot);
        }
    }

    private static bool StatesEnd(JsonElement body, Snapshot snapshot) => EndWords.AreIn(body, snapshot.Status switch
    {
        ExecutionStatus.Succeeded => "completed",
        ExecutionStatus.Failed => "failed",
        ExecutionStatus.TimedOut => "timedout",
        ExecutionStatus.Terminated => "terminated",
        ExecutionStatus.Cancelled => "cancelled",
        _ => "",
    });
}
