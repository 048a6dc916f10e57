using System.Net;
using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Agentic;

public sealed class AgenticAnswerTests
{
    private const string RunId = "06965877-9e27-7f35-8000-4c2b1f6f2a10";
    private const string Other = "06965877-9e27-7f35-8000-4c2b1f6f2a11";

    [Fact]
    public async Task PollAsync_Completed_TellsStepsInTheirOwnVocabularyUsageAndTimes()
    {
        var seen = await Answering(Answer("completed")).SeenAsync(RunId);

        Assert.Equal((ExecutionStatus.Succeeded, "Completed", true), (seen.Status, seen.RawStatus, seen.Partial));
        Assert.Equal(
            [("Team", StepStatus.Succeeded, "Complete"), ("Delegate", StepStatus.Succeeded, "Complete")],
            seen.Steps.Select(step => (step.Kind!, step.Status, step.RawStatus!)));
        Assert.Equal(104726.0, seen.Usage?.Tokens);
        Assert.Equal("2026-01-12T21:45:45.8850420+00:00", seen.StartedAt?.ToString("O"));
        Assert.Equal("2026-01-12T21:47:02.1173900+00:00", seen.EndedAt?.ToString("O"));
        Assert.Null(seen.Failure);
    }

    [Fact]
    public async Task PollAsync_Running_HasUsageAlreadyAndNoEnd()
    {
        var seen = await Answering(Answer("running")).SeenAsync(RunId);

        Assert.Equal((ExecutionStatus.Running, false, false), (seen.Status, seen.UnknownStatus, seen.Partial));
        Assert.Equal(20411.0, seen.Usage?.Tokens);
        Assert.Equal([StepStatus.Succeeded, StepStatus.Running], seen.Steps.Select(step => step.Status));
        Assert.Equal(new ExecutionProgress(2, null, null, "Delegate"), seen.Progress);
        Assert.Null(seen.EndedAt);
    }

    [Fact]
    public async Task PollAsync_Failed_TellsTheReasonsOfTheRunAndOfItsStep()
    {
        var seen = await Answering(Answer("failed")).SeenAsync(RunId);

        Assert.Equal(new ExecutionFailure("StepFailed", "Step 2 could not read its input."), seen.Failure);
        Assert.Equal(new ExecutionFailure("The file is not readable.", "invoice.pdf has no pages."), seen.Steps[1].Failure);
        Assert.Equal(StepStatus.Failed, seen.Steps[1].Status);
    }

    [Theory]
    [InlineData("Cancelled", ExecutionStatus.Cancelled, false)]
    [InlineData("Killed", ExecutionStatus.Terminated, false)]
    [InlineData("completed", ExecutionStatus.Succeeded, false)]
    [InlineData("Complete", ExecutionStatus.Running, true)]
    [InlineData("Queued", ExecutionStatus.Running, true)]
    public async Task PollAsync_Word_ReadsByTheTable(string word, ExecutionStatus expected, bool unknown)
    {
        var seen = await Answering($$"""{ "data": { "flowExecutionStatus": { "id": "{{RunId}}", "result": "{{word}}", "steps": null } } }""").SeenAsync(RunId);

        Assert.Equal((expected, word, unknown), (seen.Status, seen.RawStatus, seen.UnknownStatus));
        Assert.Empty(seen.Steps);
    }

    [Fact]
    public async Task GetDetailAsync_Files_AreTheArtifactsWithoutLogsEachOnce()
    {
        var answer = await Answering(Answer("files")).GetDetailAsync(new RemoteRun(RunId), CancellationToken.None);
        var seen = Assert.IsType<PollAnswer.Seen>(answer).Snapshot;

        var report = Assert.Single(seen.Steps[0].Files);
        Assert.Equal(("report.csv", "/tenants/t1/output/report.csv", 240L), (report.Name, report.Path, report.SizeBytes));
        Assert.Matches("^[0-9a-f]{32}$", report.Id);

        // Only the lower-case ending is a log's, as the platform's own clients have it; a size that is not told stays untold.
        var upper = Assert.Single(seen.Steps[1].Files);
        Assert.Equal(("AGENT.LOG", null), (upper.Name, upper.SizeBytes));
        Assert.False(seen.Partial);
    }

    [Theory]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData("C:\\\\temp\\\\x.txt", "x.txt")]
    [InlineData("a\\u0000b\\nc\\u202e.txt", "abc.txt")]
    [InlineData("報告.csv", "報告.csv")]
    [InlineData("..", "file")]
    [InlineData("x/", "file")]
    public async Task GetDetailAsync_FileName_IsNeverAPath(string name, string expected)
    {
        var body = $$"""
            { "data": { "flowExecutionStatus": { "id": "{{RunId}}", "result": "Completed", "steps": [ { "id": "s", "result": "Complete", "file_access_logs": [
              { "file_name": "{{name}}", "storage_path": "/p", "operation": "write", "artifact": 1 } ] } ] } } }
            """;

        var answer = await Answering(body).GetDetailAsync(new RemoteRun(RunId), CancellationToken.None);

        Assert.Equal(expected, Assert.IsType<PollAnswer.Seen>(answer).Snapshot.Steps[0].Files[0].Name);
    }

    [Fact]
    public async Task PollAsync_One_SendsTheQueryOfThePlatformsOwnClients()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Answer("running")));

        await Connect(far).SeenAsync(RunId);

        var request = Assert.Single(far.Requests);
        Assert.Equal(("POST", "https://platform.test/graphql/"), (request.Method, request.Address));
        Assert.Contains("flowExecutionStatus(flow_execution_id: $id0)", request.Body, StringComparison.Ordinal);
        Assert.Contains($$""""variables":{"id0":"{{RunId}}"}"""", request.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("file_access_logs", request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PollAsync_Many_ReadsErrorsByTheirPath()
    {
        var body = $$"""
            {
              "data": {
                "r0": { "id": "{{RunId}}", "result": "Running", "steps": [] },
                "r1": null, "r2": null, "r3": { "id": "{{RunId}}", "result": "Completed" }, "r4": null
              },
              "errors": [
                { "message": "Flow execution not found", "path": ["r2"] },
                { "message": "Something broke", "path": ["r4", "steps"] }
              ]
            }
            """;
        RemoteRun[] runs = [new(RunId), new(Other), new(Other), new(Other), new(Other)];

        var answers = await Answering(body).PollAsync(runs, CancellationToken.None);

        Assert.IsType<PollAnswer.Seen>(answers[0]);
        Assert.IsType<PollAnswer.NotFound>(answers[1]);
        Assert.IsType<PollAnswer.NotFound>(answers[2]);
        Assert.Contains("another run", Assert.IsType<PollAnswer.Unusable>(answers[3]).Error.Message, StringComparison.Ordinal);
        Assert.Contains("Something broke", Assert.IsType<PollAnswer.Unusable>(answers[4]).Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{ "errors": [ { "message": "too many aliases" } ] }""")]
    [InlineData(413, "")]
    [InlineData(200, """{ "errors": [ { "message": "too complex" } ] }""")]
    [InlineData(200, """{ "errors": [ { "message": "broken", "path": ["r1"] } ], "data": null }""")]
    public async Task PollAsync_ManyRefused_AsksForFewer(int status, string body)
    {
        var connection = Answering(body, status);

        var many = await Connected.FailureOfAsync(() => connection.PollAsync([new(RunId), new(Other)], CancellationToken.None));

        Assert.Equal(PlatformErrorKind.BatchRefused, many.Kind);
    }

    [Theory]
    [InlineData(400, """{ "errors": [ { "message": "Cannot query field token_usage" } ] }""")]
    [InlineData(404, "")]
    public async Task PollAsync_OneRefused_IsAboutTheQueryAndEndsNothing(int status, string body)
    {
        var error = await Connected.FailureOfAsync(() => Answering(body, status).PollAsync([new(RunId)], CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, "query_refused"), (error.Kind, error.Code));
    }

    [Fact]
    public async Task PollAsync_NotFoundError_IsNotFound()
    {
        var answers = await Answering(Answer("errors")).PollAsync([new(RunId)], CancellationToken.None);

        Assert.IsType<PollAnswer.NotFound>(answers[0]);
    }

    [Theory]
    [InlineData("""{ "data": { "flowExecutionStatus": null } }""", true)]
    [InlineData("""{ "data": { } }""", false)]
    [InlineData("""{ "data": { "flowExecutionStatus": [] } }""", false)]
    public async Task PollAsync_OnlyASpelledOutNull_IsNotFound(string body, bool isNotFound)
    {
        var answers = await Answering(body).PollAsync([new(RunId)], CancellationToken.None);

        Assert.Equal(isNotFound, answers[0] is PollAnswer.NotFound);
        Assert.Equal(!isNotFound, answers[0] is PollAnswer.Unusable);
    }

    [Fact]
    public async Task SubmitAsync_ErrorThatQuotesTheSecret_IsRedacted()
    {
        var body = $$"""{ "errors": [ { "message": "token {{Connected.Secret}} is unknown", "extensions": { "code": "FORBIDDEN" } } ], "data": null }""";

        var error = await Connected.FailureOfAsync(() => Answering(body).SubmitAsync(Connected.Request("flow", "f"), CancellationToken.None));

        Assert.Contains("token *** is unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PollAsync_Unauthenticated_IsAboutTheCredential()
    {
        const string Body = """{ "errors": [ { "message": "expired", "extensions": { "code": "UNAUTHENTICATED" } } ], "data": null }""";

        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => Answering(Body).PollAsync([new(RunId)], CancellationToken.None))).Kind);
        Assert.Equal(PlatformErrorKind.Credential, (await Connected.FailureOfAsync(() => Answering(Body).PollAsync([new(RunId), new(Other)], CancellationToken.None))).Kind);
    }

    [Theory]
    [InlineData(200, """{ "errors": [ { "message": "syntax" } ] }""", PlatformErrorKind.Final, true)]
    [InlineData(200, """{ "errors": [ { "message": "no", "path": ["executeFlow"], "extensions": { "code": "NOT_FOUND" } } ], "data": null }""", PlatformErrorKind.Final, true)]
    [InlineData(200, """{ "errors": [ { "message": "broke", "path": ["executeFlow"] } ], "data": { "executeFlow": null } }""", PlatformErrorKind.Transient, false)]
    [InlineData(200, """{ "data": { "executeFlow": null } }""", PlatformErrorKind.Transient, false)]
    [InlineData(200, """{ "data": { "executeFlow": { "id": null } } }""", PlatformErrorKind.Transient, false)]
    [InlineData(200, """{ "data": { "executeFlow": { "id": "a\u0000b" } } }""", PlatformErrorKind.Transient, false)]
    [InlineData(400, """{ "errors": [ { "message": "bad" } ] }""", PlatformErrorKind.Final, true)]
    [InlineData(503, "", PlatformErrorKind.Transient, false)]
    public async Task SubmitAsync_WithoutARun_IsCertainOnlyWhereNothingRan(int status, string body, PlatformErrorKind kind, bool certainlyNotActedOn)
    {
        var error = await Connected.FailureOfAsync(() => Answering(body, status).SubmitAsync(Connected.Request("flow", "flow-1"), CancellationToken.None));

        Assert.Equal((kind, certainlyNotActedOn), (error.Kind, error.CertainlyNotActedOn));
    }

    [Fact]
    public async Task SubmitAsync_NamedInputs_AreResolvedByThePublishedVersion()
    {
        var far = new StubPlatform(request => StubPlatform.Json(IsStart(request) ? Answer("started") : Answer("inputs")));

        var submitted = await Connect(far).SubmitAsync(Connected.Request("flow", "flow-1", """{ "title": "Q3", "password": 7 }"""), CancellationToken.None);

        Assert.Equal(RunId, submitted.RemoteId);
        Assert.Equal(3, far.Requests.Count);
        Assert.Contains("""{"step_id":"step-1","variable_name":"title","variable_type":"String","variable_value":"Q3"}""", far.Requests[2].Body, StringComparison.Ordinal);
        Assert.Contains("""{"step_id":"step-2","variable_name":"password","variable_type":"Secret","variable_value":"7"}""", far.Requests[2].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("published: false", far.Requests[2].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_Draft_IsExecutedByItsVersion()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Answer("started")));
        const string Input = """{ "variables": [ { "step_id": "s", "variable_name": "n", "variable_type": "String", "variable_value": "v" } ] }""";

        await Connect(far).SubmitAsync(Connected.Request("flow", "flow-1", Input, version: "version-4"), CancellationToken.None);

        var body = Assert.Single(far.Requests).Body;
        Assert.Contains("published: false", body, StringComparison.Ordinal);
        Assert.Contains(""""flowVersionId":"version-4","tenantId":"t1"""", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_UnknownName_IsRefusedBeforeAnythingStarts()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Answer("inputs")));

        var error = await Connected.FailureOfAsync(() => Connect(far).SubmitAsync(Connected.Request("flow", "flow-1", """{ "colour": "red" }"""), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, true), (error.Kind, error.CertainlyNotActedOn));
        Assert.Contains("input.colour: is not an input of the flow; allowed: document, title, password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(far.Requests, request => request.Body!.Contains("executeFlow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SubmitAsync_UnknownNameBesideOneWithHiddenCharacters_IsRefusedInPlainText()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Answer("inputs").Replace("\"document\"", "\"docu\\u202ement\"", StringComparison.Ordinal)));

        var error = await Connected.FailureOfAsync(() => Connect(far).SubmitAsync(Connected.Request("flow", "flow-1", """{ "colour": "red" }"""), CancellationToken.None));

        Assert.Contains("allowed: docu\uFFFDment", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_LookThatFails_CertainlyStartedNothing()
    {
        var error = await Connected.FailureOfAsync(
            () => Answering("", 503).SubmitAsync(Connected.Request("flow", "flow-1", """{ "title": "x" }"""), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, true), (error.Kind, error.CertainlyNotActedOn));
    }

    [Theory]
    [InlineData("""{ "variables": [ { "step_id": "s" } ] }""", "input.variables[0].variable_name", "input.variables[0].variable_type")]
    [InlineData("""{ "document": { "file_name": "../x", "content_base64": "AAAA" } }""", "input.document.file_name")]
    [InlineData("""{ "document": { "file_name": "x", "content_base64": "%" } }""", "input.document.content_base64")]
    [InlineData("""{ "document": { "file_name": "x", "content_base64": "\ud800" } }""", "input.document.content_base64")]
    [InlineData("""{ "document": { "local_path": "/etc/passwd" } }""", "input.document.local_path")]
    [InlineData("""{ "\ud800": 1 }""", "input")]
    [InlineData("[]", "input")]
    public void Check_WrongInput_NamesTheField(string input, params string[] fields)
    {
        var errors = Answering("{}").Check(new StartExecution { Connection = "c", Target = new("flow", "f"), Input = input });

        Assert.Equal(fields, errors.Select(error => error.Field));
    }

    [Fact]
    public async Task CancelAsync_Configured_SendsThatMutation()
    {
        var far = new StubPlatform(_ => StubPlatform.Json("""{ "data": { "stopFlow": true } }"""));
        var connection = Connect(far, ("cancel_mutation", "stopFlow"), ("cancel_argument", "id"), ("cancel_fields", ""));

        await connection.CancelAsync(new RemoteRun(RunId), "why", CancellationToken.None);

        Assert.True(connection.Capabilities.Cancel);
        Assert.Contains("stopFlow(id: $id) }", Assert.Single(far.Requests).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelAsync_NotConfigured_IsNotSupported()
    {
        Assert.False(Answering("{}").Capabilities.Cancel);
        await Assert.ThrowsAsync<NotSupportedException>(() => Answering("{}").CancelAsync(new RemoteRun(RunId), null, CancellationToken.None));
    }

    [Theory]
    [InlineData("https://host/", "https://host/graphql/")]
    [InlineData("https://host/graphql", "https://host/graphql/")]
    [InlineData("https://host/graphql/", "https://host/graphql/")]
    [InlineData("https://host/v1/graphql/", "https://host/v1/graphql/")]
    public async Task BaseAddress_WithOrWithoutItsEnd_LeadsToTheEndpoint(string address, string expected)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Answer("running")));
        var options = Connected.Options("agentic", ("tenant_id", "t1")) with { BaseAddress = new Uri(address) };

        await new AgenticPlatform().To(far, options).SeenAsync(RunId);

        Assert.Equal(expected, far.Requests[0].Address);
    }

    [Fact]
    public void Validate_WrongSettings_NamesEach()
    {
        var errors = new List<string>();
        var options = Connected.Options(
            "agentic", ("cancel_mutation", "a b"), ("cancel_argument", "1"), ("cancel_fields", "id {"), ("upload_directory", "/no/such"), ("x", "y"));

        new AgenticPlatform().Validate(options with { BaseAddress = null }, errors);

        Assert.Equal(7, errors.Count);
    }

    private static bool IsStart(HttpRequestMessage request) =>
        request.Content!.ReadAsStringAsync().GetAwaiter().GetResult().Contains("executeFlow", StringComparison.Ordinal);

    private static string Answer(string name) => Recorded.Text("Agentic/Answers", $"{name}.json");

    private static IPlatformConnection Connect(StubPlatform far, params (string Key, string Value)[] settings) =>
        new AgenticPlatform().To(far, Connected.Options("agentic", [("tenant_id", "t1"), .. settings]));

    private static IPlatformConnection Answering(string body, int status = 200) =>
        Connect(new StubPlatform(_ => StubPlatform.Json(body, (HttpStatusCode)status)));
}
