using System.Net;
using Vigil.Platforms;
using Vigil.Platforms.Cognite;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Cognite;

public sealed class CogniteAnswerTests
{
    private const string RunId = "059edaa4-a17a-4102-910e-2c3591500cce";

    [Fact]
    public async Task PollAsync_BodyOfTheDocumentation_IsRead()
    {
        var seen = await Answering(Recorded.Text("Cognite/Answers", "detailed.json")).SeenAsync(RunId);

        Assert.Equal((ExecutionStatus.Running, "RUNNING", false), (seen.Status, seen.RawStatus, seen.Partial));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1730204346000), seen.StartedAt);

        // A run that has not ended has no end and no failure, whatever its example says.
        Assert.Equal((null, null), (seen.EndedAt, seen.Failure));
        var step = Assert.Single(seen.Steps);
        Assert.Equal(("<string>", StepStatus.Running, "IN_PROGRESS", "function"), (step.Id, step.Status, step.RawStatus, step.Kind));
        Assert.Equal(["my.known.id"], step.DependsOn.AsEnumerable());
        Assert.Contains("\"functionId\": 123", step.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PollAsync_Failed_TellsTheGraphAndWhatBecameOfIt()
    {
        var seen = await Answering(Recorded.Text("Cognite/Answers", "failed.json")).SeenAsync(RunId);

        Assert.Equal(ExecutionStatus.Failed, seen.Status);
        Assert.Equal(new ExecutionFailure("Task report failed", "Task report: The table is gone"), seen.Failure);
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1730204353001), seen.EndedAt);
        Assert.Equal(new ExecutionTarget("workflow", "daily-report", "v7"), seen.Target);
        Assert.Equal(
            [
                ("fetch", "Fetch the data", StepStatus.Succeeded, "COMPLETED"),
                ("spread", "spread", StepStatus.SucceededWithErrors, "COMPLETED_WITH_ERRORS"),
                ("report", "report", StepStatus.Failed, "FAILED_WITH_TERMINAL_ERROR"),
                ("publish", "publish", StepStatus.Pending, null),
                ("spread/part-1", "part-1", StepStatus.Cancelled, "canceled"),
            ],
            seen.Steps.Select(step => (step.Id, step.Name, step.Status, step.RawStatus)));
        Assert.Equal(["fetch", "spread"], seen.Steps[2].DependsOn.AsEnumerable());
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1730204349500), seen.Steps[0].StartedAt);
        Assert.Equal((5, 80.0), (seen.Progress?.Total, seen.Progress?.Percentage));
    }

    [Fact]
    public async Task PollAsync_Terminated_KeepsTheWordAndTheReason()
    {
        var seen = await Answering(Recorded.Text("Cognite/Answers", "terminated.json")).SeenAsync(RunId);

        Assert.Equal((ExecutionStatus.Terminated, "TERMINATED", "cancelled", null), (seen.Status, seen.RawStatus, seen.Failure?.Reason, seen.EndedAt));
    }

    [Theory]
    [InlineData("completed", ExecutionStatus.Succeeded, false)]
    [InlineData("TIMED_OUT", ExecutionStatus.TimedOut, false)]
    [InlineData("CANCELED", ExecutionStatus.Cancelled, false)]
    [InlineData("QUEUED", ExecutionStatus.Running, true)]
    public async Task PollAsync_Word_ReadsByTheTableAndIsKept(string word, ExecutionStatus expected, bool unknown)
    {
        var seen = await Answering($$"""{ "id": "{{RunId}}", "status": "{{word}}" }""").SeenAsync(RunId);

        Assert.Equal((expected, word, unknown), (seen.Status, seen.RawStatus, seen.UnknownStatus));
    }

    [Theory]
    [InlineData("IN_PROGRESS", StepStatus.Running)]
    [InlineData("COMPLETED", StepStatus.Succeeded)]
    [InlineData("COMPLETED_WITH_ERRORS", StepStatus.SucceededWithErrors)]
    [InlineData("FAILED", StepStatus.Failed)]
    [InlineData("FAILED_WITH_TERMINAL_ERROR", StepStatus.Failed)]
    [InlineData("TIMED_OUT", StepStatus.TimedOut)]
    [InlineData("SKIPPED", StepStatus.Skipped)]
    [InlineData("CANCELED", StepStatus.Cancelled)]
    [InlineData("cancelled", StepStatus.Cancelled)]
    [InlineData("REWOUND", StepStatus.Running)]
    public async Task PollAsync_TaskWord_ReadsByTheTableAndIsKept(string word, StepStatus expected)
    {
        var seen = await Answering($$"""{ "id": "{{RunId}}", "status": "RUNNING", "executedTasks": [ { "externalId": "t", "status": "{{word}}" } ] }""").SeenAsync(RunId);

        var step = Assert.Single(seen.Steps);
        Assert.Equal((expected, word), (step.Status, step.RawStatus));
    }

    [Fact]
    public async Task SubmitAsync_MakesANonceAndSendsItCompressedWithTheMarker()
    {
        var far = new FarCognite(Recorded.Text("Cognite/Answers", "started.json"));
        var request = Connected.Request("workflow", "foo/x", """{ "day": 1 }""", "v 7") with
        {
            Metadata = ImmutableDictionary<string, string>.Empty.Add("team", "blue"),
        };

        var submitted = await Connect(far.Handler).SubmitAsync(request, CancellationToken.None);

        Assert.Equal((RunId, true), (submitted.RemoteId, submitted.Snapshot?.Partial));
        Assert.Equal(
            ["https://platform.test/api/v1/projects/p%2F1/sessions", "https://platform.test/api/v1/projects/p%2F1/workflows/foo%2Fx/versions/v%207/run"],
            far.Asked.Select(asked => asked.Address));
        Assert.Equal("""{"items":[{"tokenExchange":true}]}""", far.Asked[0].Body);
        Assert.Equal(
            """{"authentication":{"nonce":"nonce-1"},"input":{ "day": 1 },"metadata":{"team":"blue","vigil_execution_id":"execution-1"}}""", far.Asked[1].Body);
        Assert.All(far.Asked, asked => Assert.Equal("gzip", asked.Encoding));
        Assert.All(far.Asked, asked => Assert.Contains("cdf-version: 20230101", asked.Headers, StringComparison.Ordinal));
        Assert.All(far.Asked, asked => Assert.Contains($"Bearer {Connected.Secret}", asked.Headers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SubmitAsync_Twice_MakesANonceEachTime()
    {
        var far = new FarCognite(Recorded.Text("Cognite/Answers", "started.json"));
        var connection = Connect(far.Handler);

        await connection.SubmitAsync(Connected.Request("workflow", "w", version: "1"), CancellationToken.None);
        await connection.SubmitAsync(Connected.Request("workflow", "w", version: "1"), CancellationToken.None);

        Assert.Contains("nonce-1", far.Asked[1].Body, StringComparison.Ordinal);
        Assert.Contains("nonce-2", far.Asked[3].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(200)]
    public async Task SubmitAsync_SessionThatFails_CertainlyStartedNothing(int status)
    {
        var connection = Connect(new StubPlatform(_ => StubPlatform.Json("{}", (HttpStatusCode)status)));

        var error = await Connected.FailureOfAsync(() => connection.SubmitAsync(Connected.Request("workflow", "w", version: "1"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, true), (error.Kind, error.CertainlyNotActedOn));
    }

    [Theory]
    [InlineData("""{ "error": { "code": 400, "message": "The nonce has expired" } }""")]
    [InlineData("""{ "error": "The nonce has expired" }""")]
    public async Task SubmitAsync_Refused_ReadsTheErrorAsObjectOrText(string body)
    {
        var far = new FarCognite(body, HttpStatusCode.BadRequest);

        var error = await Connected.FailureOfAsync(() => Connect(far.Handler).SubmitAsync(Connected.Request("workflow", "w", version: "1"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, "bad_request", true), (error.Kind, error.Code, error.CertainlyNotActedOn));
        Assert.Contains("The nonce has expired", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListActiveAsync_AsksForTheRunningOnesAndHandsTheCursorOn()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Cognite/Answers", "list.json")));

        var page = await Connect(far).ListActiveAsync("earlier", 5_000, CancellationToken.None);

        Assert.Equal("https://platform.test/api/v1/projects/p%2F1/workflows/executions/list", Assert.Single(far.Requests).Address);
        Assert.Equal("opaque==", page.NextCursor);
        Assert.Equal(["7b6bf517-4812-4874-b227-fa7db36830a3", RunId], page.Runs.Select(run => run.Key));
        Assert.All(page.Runs, run => Assert.Equal((ExecutionStatus.Running, true), (run.Value.Status, run.Value.Partial)));
    }

    [Fact]
    public async Task FindStartAsync_Marker_IsFoundAmongOthers()
    {
        var connection = Answering(Recorded.Text("Cognite/Answers", "list.json"));

        Assert.Equal(RunId, (await connection.FindStartAsync(Connected.Request("workflow", "daily-report", version: "v7"), CancellationToken.None))?.RemoteId);
    }

    [Fact]
    public async Task FindStartAsync_ListWithoutAnEnd_IsNotTakenForNotFound()
    {
        var connection = Answering("""{ "items": [], "nextCursor": "again" }""");

        var error = await Connected.FailureOfAsync(() => connection.FindStartAsync(Connected.Request("workflow", "w", version: "1"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, "look_incomplete"), (error.Kind, error.Code));
    }

    [Fact]
    public async Task FindStartAsync_PageThatRepeatsItself_EndsTheSearch()
    {
        var pages = 0;
        var connection = Connect(new StubPlatform(_ =>
        {
            pages++;
            return StubPlatform.Json("""{ "items": [], "nextCursor": "again" }""");
        }));

        await Connected.FailureOfAsync(() => connection.FindStartAsync(Connected.Request("workflow", "w", version: "1"), CancellationToken.None));

        Assert.Equal(2, pages);
    }

    [Fact]
    public void Check_Limits_AreCheckedBeforeAnythingIsSent()
    {
        var metadata = Enumerable.Range(0, 10).ToImmutableDictionary(i => $"k{i}", _ => "v").SetItem("k0", new string('v', 256)).Add(new string('k', 33), "v")
            .Add("vigil_execution_id", "mine");
        var request = new StartExecution
        {
            Connection = "c",
            Target = new ExecutionTarget("workflow", " padded", new string('v', 256)),
            Input = $$"""{ "text": "{{new string('é', 51_200)}}" }""",
            Metadata = metadata,
        };

        var errors = Answering("{}").Check(request).Select(error => error.Field).Order();

        Assert.Equal(["input", "metadata", "metadata.k0", $"metadata.{new string('k', 33)}", "metadata.vigil_execution_id", "target.id", "target.version"], errors);
    }

    [Fact]
    public void Check_StartAtEveryLimit_IsAllowed()
    {
        var request = new StartExecution
        {
            Connection = "c",
            Target = new ExecutionTarget("workflow", new string('w', 255), new string('v', 255)),
            Input = $$"""{"t":"{{new string('x', (100 * 1024) - 8)}}"}""",
            Metadata = Enumerable.Range(0, 9).ToImmutableDictionary(i => new string('k', 31) + i, _ => new string('v', 255)),
        };

        Assert.Empty(Answering("{}").Check(request));
        Assert.Equal(["input"], Answering("{}").Check(request with { Input = request.Input + " " }).Select(error => error.Field));
        var error = Assert.Single(Answering("{}").Check(request with { Target = request.Target with { Version = null } }));
        Assert.Equal(("target.version", "is required on platform 'cognite'."), (error.Field, error.Message));
    }

    [Fact]
    public void Capabilities_AreThoseOfThePlatform()
    {
        var can = Answering("{}").Capabilities;

        Assert.Equal((1, 1_000, true, true, true, true), (can.MaxRunsPerPoll, can.MaxActivePage, can.Cancel, can.Retry, can.StartMarker, can.Steps));
        Assert.Equal((false, false, false), (can.Push, can.Files, can.Usage));
    }

    [Fact]
    public void Validate_WrongSettings_NamesEach()
    {
        var errors = new List<string>();

        new CognitePlatform().Validate(Connected.Options("cognite", ("cluster", "c"), ("token_url", "relative")) with { BaseAddress = null }, errors);

        string[] expected = ["Settings:cluster is not a setting", "BaseAddress must be given", "setting project must be given", "belong together", "setting token_url must be"];
        Assert.All(expected, text => Assert.Contains(errors, error => error.Contains(text, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, errors.Count);
    }

    private static IPlatformConnection Answering(string body) => Connect(new StubPlatform(_ => StubPlatform.Json(body)));

    private static IPlatformConnection Connect(HttpMessageHandler far) => new CognitePlatform().To(far, Connected.Options("cognite", ("project", "p/1")));
}
