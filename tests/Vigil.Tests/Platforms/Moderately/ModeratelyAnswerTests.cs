using System.Net;
using Vigil.Platforms;
using Vigil.Platforms.Moderately;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Moderately;

public sealed class ModeratelyAnswerTests
{
    private const string First = "V1StGXR8_Z5jdHi6B-myT";
    private const string Second = "OAR8F-m0VWvvMFOtKA9nE";

    [Fact]
    public async Task PollAsync_Running_TellsThoughtsAsSteps()
    {
        var seen = await Answering(Recorded.Text("Moderately/Answers", "running.json")).SeenAsync(Second);

        Assert.Equal((ExecutionStatus.Running, "running", false), (seen.Status, seen.RawStatus, seen.UnknownStatus));
        Assert.Equal(new ExecutionProgress(2, null, null, "Now I compare the dates."), seen.Progress);
        Assert.Equal(
            [("1", "First I read the list of invoices.", StepStatus.Succeeded), ("2", "Now I compare the dates.", StepStatus.Running)],
            seen.Steps.Select(step => (step.Id, step.Name, step.Status)));
        Assert.Equal("\"First I read the list of invoices.\\nIt has 40 entries.\"", seen.Steps[0].Output);
        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 0, 3, 250, TimeSpan.Zero), seen.Steps[0].EndedAt);
        Assert.Null(seen.Steps[1].EndedAt);
        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 0, 0, 500, TimeSpan.Zero), seen.StartedAt);
        Assert.Equal((null, null, null), (seen.EndedAt, seen.Output, seen.Failure));
        Assert.Equal(new ExecutionTarget("agent", "9Y7p4h7n9ZuVBdq39rVgg"), seen.Target);
        Assert.False(seen.Partial);
    }

    [Fact]
    public async Task PollAsync_Completed_TellsOutputAndEnd()
    {
        var seen = await Answering(Recorded.Text("Moderately/Answers", "completed.json")).SeenAsync(First);

        Assert.Equal((ExecutionStatus.Succeeded, """{ "answer": "Hello." }"""), (seen.Status, seen.Output));
        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 0, 5, TimeSpan.Zero), seen.EndedAt);
        Assert.All(seen.Steps, step => Assert.Equal(StepStatus.Succeeded, step.Status));
        Assert.Null(seen.Failure);
    }

    [Fact]
    public async Task PollAsync_Failed_HasAnEndAndNoInventedReason()
    {
        var seen = await Answering(Recorded.Text("Moderately/Answers", "failed.json")).SeenAsync(Second);

        Assert.Equal(ExecutionStatus.Failed, seen.Status);
        Assert.Equal(new ExecutionFailure("no_reason_given", "Stopped before the comparison"), seen.Failure);
        Assert.Equal(new DateTimeOffset(2024, 1, 15, 10, 0, 4, TimeSpan.Zero), seen.EndedAt);
        Assert.Equal(StepStatus.Failed, Assert.Single(seen.Steps).Status);
    }

    [Fact]
    public async Task PollAsync_SnakeCaseAnswer_IsReadToo()
    {
        var seen = await Answering($$"""
            { "agent_execution_id": "{{First}}", "agent_id": "a", "status": "completed", "agent_output": { "ok": true }, "current_step": 3,
              "started_at": "2024-01-15T10:00:00+00:00", "completed_at": "2024-01-15T10:00:01.123456+00:00" }
            """).SeenAsync(First);

        Assert.Equal((ExecutionStatus.Succeeded, """{ "ok": true }""", 3), (seen.Status, seen.Output, seen.Progress?.Current));
        Assert.Equal(1_234_560, (seen.EndedAt - seen.StartedAt)?.Ticks - TimeSpan.TicksPerSecond);
        Assert.Equal(new ExecutionTarget("agent", "a"), seen.Target);
    }

    [Theory]
    [InlineData("pending", ExecutionStatus.Pending, false)]
    [InlineData("Paused", ExecutionStatus.AwaitingInput, false)]
    [InlineData("cancelled", ExecutionStatus.Cancelled, false)]
    [InlineData("FAILED", ExecutionStatus.Failed, false)]
    [InlineData("Can-celed", ExecutionStatus.Cancelled, false)]
    [InlineData("terminated", ExecutionStatus.Running, true)]
    public async Task PollAsync_Word_ReadsByTheTableAndIsKept(string word, ExecutionStatus expected, bool unknown)
    {
        var seen = await Answering($$"""{ "agentExecutionId": "{{First}}", "status": "{{word}}" }""").SeenAsync(First);

        Assert.Equal((expected, word, unknown), (seen.Status, seen.RawStatus, seen.UnknownStatus));
    }

    [Theory]
    [InlineData("""{ "agentExecutionId": "another", "status": "completed" }""")]
    [InlineData("""{ "status": "completed" }""")]
    [InlineData("""{ "agentExecutionId": "V1StGXR8_Z5jdHi6B-myT", "status": 7 }""")]
    public async Task PollAsync_AnswerThatSaysNothingOfTheRun_IsUnusable(string body)
    {
        var answers = await Answering(body).PollAsync([new RemoteRun(First)], CancellationToken.None);

        Assert.Equal(PlatformErrorKind.Transient, Assert.IsType<PollAnswer.Unusable>(answers[0]).Error.Kind);
    }

    [Fact]
    public async Task PollAsync_Many_IsOneRequestWhoseAnswersAreInTheRunsOrder()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Moderately/Answers", "page.json")));

        var answers = await Connect(far).PollAsync([new(Second), new("nosuch"), new(First)], CancellationToken.None);

        Assert.Equal(
            $"https://platform.test/agent-executions?teamIds=team%201&agentExecutionIds={Second}%2Cnosuch%2C{First}&page=1&pageSize=3",
            Assert.Single(far.Requests).Address);
        Assert.Equal(ExecutionStatus.Cancelled, Assert.IsType<PollAnswer.Seen>(answers[0]).Snapshot.Status);
        Assert.IsType<PollAnswer.NotFound>(answers[1]);
        Assert.Equal(ExecutionStatus.Pending, Assert.IsType<PollAnswer.Seen>(answers[2]).Snapshot.Status);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(HttpStatusCode.RequestUriTooLong)]
    [InlineData(HttpStatusCode.UnprocessableEntity)]
    public async Task PollAsync_ManyRefused_AsksForFewer(HttpStatusCode status)
    {
        var connection = Connect(new StubPlatform(_ => StubPlatform.Json(StubPlatform.Refusal, status)));

        var error = await Connected.FailureOfAsync(() => connection.PollAsync([new(First), new(Second)], CancellationToken.None));

        Assert.Equal((PlatformErrorKind.BatchRefused, (int)status), (error.Kind, error.StatusCode));
    }

    [Fact]
    public async Task PollAsync_PageThatHoldsFewerThanAsked_AsksForFewer()
    {
        var page = Recorded.Text("Moderately/Answers", "page.json").Replace("\"hasNextPage\": false", "\"hasNextPage\": true", StringComparison.Ordinal);

        var error = await Connected.FailureOfAsync(() => Answering(page).PollAsync([new(First), new(Second), new("third")], CancellationToken.None));

        Assert.Equal(PlatformErrorKind.BatchRefused, error.Kind);
    }

    [Fact]
    public async Task PollAsync_IdThatCannotStandInAList_IsAskedAloneWithoutSinkingItsBatch()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(StubPlatform.Refusal, HttpStatusCode.NotFound));
        var connection = Connect(far);

        var error = await Connected.FailureOfAsync(() => connection.PollAsync([new(First), new("a,b")], CancellationToken.None));

        Assert.Equal(PlatformErrorKind.BatchRefused, error.Kind);
        Assert.Empty(far.Requests);
        Assert.IsType<PollAnswer.NotFound>((await connection.PollAsync([new("a,b")], CancellationToken.None))[0]);
    }

    [Fact]
    public async Task PollAsync_RunWithoutAnIdOnThePage_DeclaresNobodyMissing()
    {
        var page = Recorded.Text("Moderately/Answers", "page.json").Replace($"\"{First}\"", "null", StringComparison.Ordinal);

        var error = await Connected.FailureOfAsync(() => Answering(page).PollAsync([new(First), new(Second)], CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, "unreadable_answer"), (error.Kind, error.Code));
    }

    [Fact]
    public async Task SubmitAsync_CamelCase_SendsWhatTheOpenApiDocumentDemands()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Moderately/Answers", "running.json"), HttpStatusCode.Created));

        var submitted = await Connect(far).SubmitAsync(Connected.Request("agent", "acv_1", """{ "q": 1 }"""), CancellationToken.None);

        Assert.Equal(Second, submitted.RemoteId);
        var request = Assert.Single(far.Requests);
        Assert.Equal(("POST", "https://platform.test/agent-executions?teamIds=team%201"), (request.Method, request.Address));
        Assert.Equal("""{"agentConfigurationVersionId":"acv_1","agentInput":{ "q": 1 },"agentInputSummary":"Vigil execution execution-1"}""", request.Body);
        Assert.Contains($"Authorization: Bearer {Connected.Secret}", request.Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_CamelCaseWithALabelledSummary_SendsIt()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Moderately/Answers", "running.json"), HttpStatusCode.Created));
        var request = Connected.Request("agent", "acv_1") with { Metadata = ImmutableDictionary<string, string>.Empty.Add("summary", "Invoices") };

        await Connect(far).SubmitAsync(request, CancellationToken.None);

        Assert.Equal("""{"agentConfigurationVersionId":"acv_1","agentInput":{},"agentInputSummary":"Invoices"}""", Assert.Single(far.Requests).Body);
    }

    [Theory]
    [InlineData("""{ "q": 1 }""", """{"agent_id":"a","input_data":{ "q": 1 }}""")]
    [InlineData(null, """{"agent_id":"a"}""")]
    public async Task SubmitAsync_SnakeCase_SendsWhatTheClientSends(string? input, string expected)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("Moderately/Answers", "running.json"), HttpStatusCode.Created));

        await Connect(far, "snake_case").SubmitAsync(Connected.Request("agent", "a", input), CancellationToken.None);

        Assert.Equal(expected, Assert.Single(far.Requests).Body);
    }

    [Fact]
    public async Task SubmitAsync_Unanswered_IsSentOnceAndNeverAgain()
    {
        var far = new StubPlatform(_ => StubPlatform.Json("{}", HttpStatusCode.ServiceUnavailable));

        var error = await Connected.FailureOfAsync(() => Connect(far).SubmitAsync(Connected.Request("agent", "a"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, false), (error.Kind, error.CertainlyNotActedOn));
        Assert.Single(far.Requests);
    }

    [Theory]
    [InlineData("""{ "error": { "code": "NOT_ALLOWED", "message": "No.", "timestamp": "2024-01-15T10:00:00.000Z" } }""", "not_allowed", "No.")]
    [InlineData("""{ "message": "No.", "details": [ { "field": "agent_id", "message": "unknown" } ] }""", "bad_request", "No.")]
    public async Task SubmitAsync_Refused_ReadsEitherEnvelope(string body, string code, string message)
    {
        var connection = Connect(new StubPlatform(_ => StubPlatform.Json(body, HttpStatusCode.BadRequest)));

        var error = await Connected.FailureOfAsync(() => connection.SubmitAsync(Connected.Request("agent", "a"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, code, true), (error.Kind, error.Code, error.CertainlyNotActedOn));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WrongStart_NamesEveryField()
    {
        var request = new StartExecution
        {
            Connection = "c",
            Target = new ExecutionTarget("workflow", "", "v1"),
            Input = "[1]",
            Metadata = ImmutableDictionary<string, string>.Empty.Add("summary", new string('x', 501)),
        };

        Assert.Equal(["input", "metadata.summary", "target.id", "target.kind", "target.version"], Answering("{}").Check(request).Select(error => error.Field).Order());
        Assert.DoesNotContain(Connect(new StubPlatform(_ => new()), "snake_case").Check(request), error => error.Field == "metadata.summary");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(500, true)]
    [InlineData(0, false)]
    [InlineData(501, false)]
    public void Check_Summary_HasOneTo500Characters(int length, bool isFine)
    {
        var errors = Answering("{}").Check(new StartExecution
        {
            Connection = "c",
            Target = new ExecutionTarget("agent", "a"),
            Metadata = ImmutableDictionary<string, string>.Empty.Add("summary", new string('x', length)),
        });

        Assert.Equal(isFine, errors.IsEmpty);
    }

    [Fact]
    public void Capabilities_AreThoseOfTheDialect()
    {
        var (camel, snake) = (Answering("{}").Capabilities, Connect(new StubPlatform(_ => new()), "snake_case").Capabilities);

        Assert.Equal((100, 100, true, false, false, true), (camel.MaxRunsPerPoll, camel.MaxActivePage, camel.Cancel, camel.Retry, camel.StartMarker, camel.Files));
        Assert.Equal((1, 100, true), (snake.MaxRunsPerPoll, snake.MaxActivePage, snake.Cancel));
    }

    [Fact]
    public void Validate_WrongSettings_NamesEach()
    {
        var errors = new List<string>();

        new ModeratelyPlatform().Validate(Connected.Options("moderately", ("dialect", "english"), ("teamid", "t")), errors);

        Assert.Equal(3, errors.Count);
        Assert.Contains(errors, error => error.Contains("Settings:teamid is not a setting; did you mean team_id?", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("setting dialect must be one of camel_case, snake_case", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("setting team_id must be given", StringComparison.Ordinal));
    }

    private static IPlatformConnection Answering(string body) => Connect(new StubPlatform(_ => StubPlatform.Json(body)));

    private static IPlatformConnection Connect(StubPlatform far, string dialect = "camel_case") =>
        new ModeratelyPlatform().To(far, Connected.Options("moderately", ("team_id", "team 1"), ("dialect", dialect)));
}
