using Vigil.Platforms;
using Vigil.Platforms.Moderately;
using Vigil.Tests.Platforms.Fuzz;
using Vigil.Tests.Platforms.Support;
using Xunit.Abstractions;

namespace Vigil.Tests.Platforms.Moderately;

public sealed class ModeratelyFuzzTests(ITestOutputHelper output)
{
    private const string First = "V1StGXR8_Z5jdHi6B-myT";
    private const string Second = "OAR8F-m0VWvvMFOtKA9nE";

    [Fact]
    public async Task SpoiltAnswers_NeverBreakTheAdapterAndNeverEndARun() =>
        await new AdapterFuzz(new ModeratelyPlatform(), output, ("team_id", "t")).RunAsync(
            [.. Recorded.All("Moderately").Select(recorded => recorded.Text)], AskAsync, StatesEnd);

    [Fact]
    public async Task OversizedAnswer_IsLeftWhileItStreams()
    {
        var body = new EndlessBody(50L * 1024 * 1024);
        var connection = new ModeratelyPlatform().To(new StubPlatform(_ => EndlessBody.Answer(body)), Connected.Options("moderately", ("team_id", "t")));

        var error = await Connected.FailureOfAsync(() => connection.PollAsync([new(First), new(Second)], CancellationToken.None));

        Assert.Equal(PlatformErrorKind.Transient, error.Kind);
        Assert.InRange(body.Taken, PlatformHttp.MaxResponseBytes, PlatformHttp.MaxResponseBytes + (1024 * 1024));
    }

    private static async Task<IEnumerable<Snapshot>> AskAsync(IPlatformConnection connection, Random random)
    {
        switch (random.Next(8))
        {
            case 6:
                return await connection.GetDetailAsync(new RemoteRun(First, new("pipeline", "p")), CancellationToken.None) is PollAnswer.Seen whole ? [whole.Snapshot] : [];
            case 7:
                RemoteRun[] pipelines = [new(First, new("pipeline", "p")), new(Second, new("pipeline", "p"))];
                return (await connection.PollAsync(pipelines, CancellationToken.None)).OfType<PollAnswer.Seen>().Select(seen => seen.Snapshot);
            case 0:
                return (await connection.SubmitAsync(Connected.Request("agent", "a"), CancellationToken.None)).Snapshot is { } started ? [started] : [];
            case 1:
                await connection.CancelAsync(new RemoteRun(First), null, CancellationToken.None);
                return [];
            case 2:
                return (await connection.ListActiveAsync(null, 100, CancellationToken.None)).Runs.Select(run => run.Value);
            default:
                RemoteRun[] runs = [new(First), new(Second)];
                var answers = await connection.PollAsync(runs[..random.Next(1, 3)], CancellationToken.None);
                return answers.OfType<PollAnswer.Seen>().Select(seen => seen.Snapshot);
        }
    }

    private static bool StatesEnd(JsonElement body, Snapshot snapshot) => EndWords.AreIn(body, snapshot.Status switch
    {
        ExecutionStatus.Succeeded => "completed",
        ExecutionStatus.Failed => "failed",
        ExecutionStatus.Cancelled => "cancelled",
        _ => "",
    });
}
