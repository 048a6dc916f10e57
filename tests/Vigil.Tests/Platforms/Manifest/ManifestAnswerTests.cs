using System.Net;
using Vigil.Platforms;
using Vigil.Platforms.Manifest;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Manifest;

public sealed class ManifestAnswerTests
{
    private const string RunId = "5f0c8a52-3f0e-4f6e-9a6d-0c5f6f1b2c3d";

    [Fact]
    public async Task PollAsync_Completed_TellsOutputUsageAndTimes()
    {
        var seen = await Answering(Recorded.Text("Manifest/Answers", "completed.json")).SeenAsync(RunId);

        Assert.Equal((ExecutionStatus.Succeeded, "completed", """{ "answer": 42 }"""), (seen.Status, seen.RawStatus, seen.Output));
        Assert.Equal(new ExecutionUsage(812, null), seen.Usage);
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 15, 30, 0, 250, TimeSpan.Zero), seen.StartedAt);
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 15, 30, 1, 450, TimeSpan.Zero), seen.EndedAt);
        Assert.Null(seen.Failure);
    }

    [Fact]
    public async Task PollAsync_Failed_TellsTheReason()
    {
        var seen = await Answering(Recorded.Text("Manifest/Answers", "failed.json")).SeenAsync(RunId);

        Assert.Equal((ExecutionStatus.Failed, new ExecutionFailure("The tool is gone", "ToolError")), (seen.Status, seen.Failure));
        Assert.Equal(412.5, seen.Usage?.Tokens);
        Assert.Equal(1_230, seen.EndedAt?.Ticks % TimeSpan.TicksPerMillisecond);
    }

    [Theory]
    [InlineData("\"out of memory\"", "out of memory")]
    [InlineData("{ \"code\": 7 }", "{ \"code\": 7 }")]
    [InlineData("null", "no_reason_given")]
    public async Task PollAsync_ErrorAsTextOrAnything_IsTheReason(string error, string reason)
    {
        var seen = await Answering($$"""{ "execution_id": "{{RunId}}", "status": "failed", "error": {{error}} }""").SeenAsync(RunId);

        Assert.Equal(reason, seen.Failure?.Reason);
    }

    [Theory]
    [InlineData("queued", ExecutionStatus.Pending, false)]
    [InlineData("running", ExecutionStatus.Running, false)]
    [InlineData("cancelled", ExecutionStatus.Cancelled, false)]
    [InlineData("Timed_Out", ExecutionStatus.TimedOut, false)]
    [InlineData("terminated", ExecutionStatus.Terminated, false)]
    [InlineData("success", ExecutionStatus.Running, true)]
    public async Task PollAsync_Word_ReadsByTheTableAndIsKept(string word, ExecutionStatus expected, bool unknown)
    {
        var seen = await Answering($$"""{ "execution_id": "{{RunId}}", "status": "{{word}}" }""").SeenAsync(RunId);

        Assert.Equal((expected, word, unknown), (seen.Status, seen.RawStatus, seen.UnknownStatus));
    }

    [Theory]
    [InlineData("""{ "execution_id": "another", "status": "completed" }""")]
    [InlineData("""{ "status": "completed" }""")]
    [InlineData("""{ "execution_id": "5f0c8a52-3f0e-4f6e-9a6d-0c5f6f1b2c3d" }""")]
    public async Task PollAsync_AnswerThatSaysNothingOfTheRun_IsUnusable(string body)
    {
        var answers = await Answering(body).PollAsync([new RemoteRun(RunId)], CancellationToken.None);

        Assert.Equal(PlatformErrorKind.Transient, Assert.IsType<PollAnswer.Unusable>(answers[0]).Error.Kind);
    }

    [Theory]
    [InlineData("workflow", "workflows", "input_data", "workflow")]
    [InlineData("agent", "agents", "input_data", "agent_run")]
    [InlineData("code_block", "code-blocks", "input_parameters", "workflow")]
    public async Task SubmitAsync_EachKind_HasItsPathItsInputAndItsEvent(string kind, string path, string input, string lifecycleEvent)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Manifest/Answers", "started.json"), HttpStatusCode.Accepted));
        var connection = Connect(far, ("ring_id", "ring-1"), ("timeout_seconds", "60"), ("workspace_id", "space-1"));

        var submitted = await connection.SubmitAsync(Connected.Request(kind, "a/b", """{ "q": 1 }"""), CancellationToken.None);

        Assert.Equal((RunId, ExecutionStatus.Pending), (submitted.RemoteId, submitted.Snapshot?.Status));
        var request = Assert.Single(far.Requests);
        Assert.Equal(("POST", $"https://platform.test/api/v1/{path}/a%2Fb/executions"), (request.Method, request.Address));
        Assert.Equal(
            $$"""{"{{input}}":{ "q": 1 },"config":{"vigil_execution_id":"execution-1"},"lifecycle_event":"{{lifecycleEvent}}","ring_id":"ring-1","timeout_seconds":60}""",
            request.Body);
        Assert.Contains("X-Workspace-ID: space-1", request.Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_WithoutSettings_LimitsTheRunToHowLongItIsWatched()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Manifest/Answers", "started.json"), HttpStatusCode.Accepted));

        await Connect(far).SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None);

        Assert.Equal(
            """{"input_data":{},"config":{"vigil_execution_id":"execution-1"},"lifecycle_event":"workflow","timeout_seconds":3600}""",
            Assert.Single(far.Requests).Body);
    }

    [Theory]
    [InlineData("fl_org_0123456789", null, "X-API-Key: fl_org_0123456789")]
    [InlineData("0123456789", "api_key", "X-API-Key: 0123456789")]
    [InlineData("ey.jw.t", null, "Authorization: Bearer ey.jw.t")]
    [InlineData("fl_looks_like_a_key", "jwt", "Authorization: Bearer fl_looks_like_a_key")]
    public async Task PollAsync_KeyOrToken_IsSentInItsOwnHeaderAndAlone(string credential, string? auth, string expected)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Manifest/Answers", "completed.json")));
        var options = Connected.Options("manifest", auth is null ? [] : [("auth", auth)]) with { Credential = credential };

        await new ManifestPlatform([]).To(far, options).SeenAsync(RunId);

        var headers = Assert.Single(far.Requests).Headers;
        Assert.Contains(expected, headers, StringComparison.Ordinal);
        Assert.NotEqual(headers.Contains("X-API-Key", StringComparison.Ordinal), headers.Contains("Authorization", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Paths_AreSettings()
    {
        var far = new StubPlatform(request => StubPlatform.Json(
            request.RequestUri!.AbsolutePath.EndsWith("/find", StringComparison.Ordinal) ? """{ "executions": [] }""" : Recorded.Text("Manifest/Answers", "completed.json")));
        var connection = Connect(
            far,
            ("submit_agent_path", "/v2/run/{id}"), ("status_path", "/v2/{id}/status"), ("cancel_path", "/v2/{id}/stop"), ("find_path", "/v2/find?marker={id}"));

        await connection.SubmitAsync(Connected.Request("agent", "a"), CancellationToken.None);
        await connection.SeenAsync(RunId);
        await connection.CancelAsync(new RemoteRun(RunId), null, CancellationToken.None);
        Assert.Null(await connection.FindStartAsync(Connected.Request("agent", "a"), CancellationToken.None));

        Assert.Equal(
            ["/v2/run/a", $"/v2/{RunId}/status", $"/v2/{RunId}/stop", "/v2/find?marker=execution-1"],
            far.Requests.Select(request => new Uri(request.Address).PathAndQuery));
    }

    [Fact]
    public void Check_WrongStart_NamesEveryField()
    {
        var errors = Answering("{}").Check(new StartExecution
        {
            Connection = "c",
            Target = new ExecutionTarget("flow", "..", "v1"),
            Input = "7",
        });

        Assert.Equal(["input", "target.id", "target.kind", "target.version"], errors.Select(error => error.Field).Order());
    }

    [Fact]
    public void Capabilities_FollowTheSettings()
    {
        var plain = Answering("{}").Capabilities;
        var full = Connect(new StubPlatform(_ => new()), ("find_path", "/x?{id}"), ("nats_url", "nats://127.0.0.1:1")).Capabilities;

        Assert.Equal((1, 0, true, false, true), (plain.MaxRunsPerPoll, plain.MaxActivePage, plain.Cancel, plain.Retry, plain.Usage));
        Assert.Equal((false, false, TimeSpan.FromMilliseconds(500)), (plain.StartMarker, plain.Push, plain.Cadence));
        Assert.Equal((true, true), (full.StartMarker, full.Push));
    }

    [Fact]
    public void Validate_WrongSettings_NamesEach()
    {
        var errors = new List<string>();
        var options = Connected.Options(
            "manifest",
            ("colour", "red"), ("auth", "basic"), ("timeout_seconds", "0"), ("status_path", "/no-id"), ("cancel_path", "relative/{id}"), ("refresh_path", "relative"),
            ("nats_url", "nats://user:password@host:4222"), ("nats_credential_file", "/no/such/file"),
            ("nats_subscriptions", "all"));

        new ManifestPlatform([]).Validate(options with { BaseAddress = null }, errors);

        string[] expected =
        [
            "Settings:colour is not a setting", "setting auth must be one of jwt, api_key", "BaseAddress must be given", "setting timeout_seconds must be",
            "setting status_path must be", "setting cancel_path must be", "setting refresh_path must be", "setting nats_url must be", "setting nats_credential_file must be",
            "setting nats_subscriptions must be one of per_run, wildcard",
        ];
        Assert.All(expected, text => Assert.Contains(errors, error => error.Contains(text, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, errors.Count);
        Assert.DoesNotContain(errors, error => error.Contains("password@", StringComparison.Ordinal));
    }

    private static IPlatformConnection Answering(string body) => Connect(new StubPlatform(_ => StubPlatform.Json(body)));

    private static IPlatformConnection Connect(StubPlatform far, params (string, string)[] settings) =>
        new ManifestPlatform([]).To(far, Connected.Options("manifest", settings));
}
