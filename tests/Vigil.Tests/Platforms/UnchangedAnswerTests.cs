using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Platforms.Moderately;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms;

/// <summary>An answer that repeats the one before is not read again; one that differs in anything is.</summary>
public sealed class UnchangedAnswerTests
{
    private static readonly RemoteRun[] Runs = [new("run-1"), new("run-2")];

    [Theory]
    [InlineData("moderately")]
    [InlineData("agentic")]
    public async Task PollAsync_WithWhatIsKnown_ReadsOnlyWhatDiffers(string platform)
    {
        var word = "running";
        await using var connection = Connect(platform, () => word);
        ulong[] known = [.. (await PollAsync(connection, default)).Select(answer => Assert.IsType<PollAnswer.Seen>(answer).Hash)];
        Assert.DoesNotContain(0UL, known);

        Assert.All(await PollAsync(connection, known), answer => Assert.IsType<PollAnswer.Unchanged>(answer));

        word = "paused";
        var changed = await PollAsync(connection, known);
        Assert.IsType<PollAnswer.Unchanged>(changed[0]);
        Assert.Equal("paused", Assert.IsType<PollAnswer.Seen>(changed[1]).Snapshot.RawStatus);
        Assert.NotEqual(known[1], ((PollAnswer.Seen)changed[1]).Hash);
    }

    [Theory]
    [InlineData("moderately")]
    [InlineData("agentic")]
    public async Task PollAsync_NothingKnown_ReadsAll(string platform)
    {
        await using var connection = Connect(platform, () => "running");

        Assert.All(await PollAsync(connection, new ulong[2]), answer => Assert.IsType<PollAnswer.Seen>(answer));
        Assert.All(await connection.PollAsync(Runs, CancellationToken.None), answer => Assert.IsType<PollAnswer.Seen>(answer));
    }

    private static Task<ImmutableArray<PollAnswer>> PollAsync(IPlatformConnection connection, ReadOnlyMemory<ulong> known) =>
        connection.PollAsync(Runs, known, CancellationToken.None);

    private static IPlatformConnection Connect(string platform, Func<string> word)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(platform == "moderately"
            ? $$$"""{"items":[{"agentExecutionId":"run-1","status":"running"},{"agentExecutionId":"run-2","status":"{{{word()}}}"}],"pagination":{"hasNextPage":false}}"""
            : $$$$"""{"data":{"r0":{"id":"run-1","result":"running","steps":[]},"r1":{"id":"run-2","result":"{{{{word()}}}}","steps":[]}}}"""));
        return platform == "moderately"
            ? new ModeratelyPlatform().To(far, Connected.Options("moderately", ("team_id", "t"), ("dialect", "camel_case")))
            : new AgenticPlatform().To(far);
    }
}
