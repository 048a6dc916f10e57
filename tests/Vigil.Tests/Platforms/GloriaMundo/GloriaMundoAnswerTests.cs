using System.Net;
using Vigil.Platforms;
using Vigil.Platforms.GloriaMundo;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.GloriaMundo;

public sealed class GloriaMundoAnswerTests
{
    private const string RunId = "550e8400-e29b-41d4-a716-446655440000";

    [Fact]
    public async Task PollAsync_Running_TellsProgressAndTheStepsSeenSoFar()
    {
        var seen = await Answering(Recorded.Text("GloriaMundo/Answers", "running.json")).SeenAsync(RunId);

        Assert.Equal(ExecutionStatus.Running, seen.Status);
        Assert.Equal("running", seen.RawStatus);
        Assert.Equal(new ExecutionProgress(2, 5, 40, "Generate content"), seen.Progress);
        Assert.Equal([("1", "1", StepStatus.Succeeded), ("2", "Generate content", StepStatus.Running)], seen.Steps.Select(step => (step.Id, step.Name, step.Status)));
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 15, 30, 0, TimeSpan.Zero), seen.StartedAt);
        Assert.Null(seen.EndedAt);
        Assert.Null(seen.Usage);
        Assert.Null(seen.Output);
    }

    [Fact]
    public async Task PollAsync_Completed_TellsOutputCostAndEnd()
    {
        var seen = await Answering(Recorded.Text("GloriaMundo/Answers", "completed.json")).SeenAsync(RunId);

        Assert.Equal(ExecutionStatus.Succeeded, seen.Status);
        Assert.Contains("Daily digest", seen.Output, StringComparison.Ordinal);
        Assert.Equal(new ExecutionUsage(null, 15), seen.Usage);
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 15, 31, 45, TimeSpan.Zero), seen.EndedAt);
        Assert.All(seen.Steps, step => Assert.Equal(StepStatus.Succeeded, step.Status));
        Assert.Null(seen.Failure);
    }

    [Fact]
    public async Task PollAsync_Failed_KeepsItsStepItsReasonAndItsCost()
    {
        var seen = await Answering(Recorded.Text("GloriaMundo/Answers", "failed.json")).SeenAsync(RunId);

        Assert.Equal(ExecutionStatus.Failed, seen.Status);
        Assert.Equal("Gmail connection expired. Please reconnect.", seen.Failure?.Reason);
        Assert.Equal(8, seen.Usage?.CostCents);
        var failed = seen.Steps[^1];
        Assert.Equal(("3", "Send email", StepStatus.Failed), (failed.Id, failed.Name, failed.Status));
        Assert.Equal(seen.Failure, failed.Failure);
    }

    [Theory]
    [InlineData("queued", ExecutionStatus.Pending, false)]
    [InlineData("COMPLETED", ExecutionStatus.Succeeded, false)]
    [InlineData("awaiting_approval", ExecutionStatus.AwaitingInput, false)]
    [InlineData("cancelled", ExecutionStatus.Cancelled, false)]
    [InlineData("succeeded", ExecutionStatus.Running, true)]
    public async Task PollAsync_Word_ReadsByTheTableAndIsKept(string word, ExecutionStatus expected, bool unknown)
    {
        var seen = await Answering($$"""{ "run_id": "{{RunId}}", "status": "{{word}}" }""").SeenAsync(RunId);

        Assert.Equal((expected, word, unknown), (seen.Status, seen.RawStatus, seen.UnknownStatus));
        Assert.Empty(seen.Steps);
    }

    [Theory]
    [InlineData("""{ "run_id": "another", "status": "completed" }""")]
    [InlineData("""{ "status": "completed" }""")]
    [InlineData("""{ "run_id": "550e8400-e29b-41d4-a716-446655440000", "status": null }""")]
    [InlineData("""{ "run_id": "550e8400-e29b-41d4-a716-446655440000", "status": { "value": "completed" } }""")]
    public async Task PollAsync_AnswerThatSaysNothingOfTheRun_IsUnusable(string body)
    {
        var answers = await Answering(body).PollAsync([new RemoteRun(RunId)], CancellationToken.None);

        Assert.Equal(PlatformErrorKind.Transient, Assert.IsType<PollAnswer.Unusable>(answers[0]).Error.Kind);
    }

    [Theory]
    [InlineData("/etc/../x")]
    [InlineData("..")]
    [InlineData("a b?c#d")]
    public async Task PollAsync_StrangeRunId_NeverLeavesItsPath(string id)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(StubPlatform.Refusal, HttpStatusCode.NotFound));

        var answers = await new GloriaMundoPlatform().To(far).PollAsync([new RemoteRun(id)], CancellationToken.None);

        Assert.IsType<PollAnswer.NotFound>(answers[0]);
        Assert.All(far.Requests, request => Assert.Equal($"https://platform.test/api/v1/runs/{Uri.EscapeDataString(id)}/status", request.Address));
    }

    [Theory]
    [InlineData("authorization", "Authorization: Bearer gm_live_0123456789abcdef")]
    [InlineData("x-api-key", "X-API-Key: gm_live_0123456789abcdef")]
    public async Task SubmitAsync_EitherHeader_SendsTheInputAndTakesTheRunIdNotTheUrl(string header, string expected)
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("GloriaMundo/Answers", "started.json")));
        var connection = new GloriaMundoPlatform().To(far, Connected.Options("gloriamundo", ("auth_header", header)));

        var submitted = await connection.SubmitAsync(Connected.Request("workflow", "w/1", """{ "day": "Monday" }"""), CancellationToken.None);

        Assert.Equal(RunId, submitted.RemoteId);
        Assert.Equal(ExecutionStatus.Pending, submitted.Snapshot?.Status);
        var request = Assert.Single(far.Requests);
        Assert.Equal(("POST", "https://platform.test/api/v1/workflows/w%2F1/execute"), (request.Method, request.Address));
        Assert.Equal("""{"input":{ "day": "Monday" }}""", request.Body);
        Assert.Contains(expected, request.Headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitAsync_WithoutInput_SendsAnEmptyObject()
    {
        var far = new StubPlatform(_ => StubPlatform.Json(Recorded.Text("GloriaMundo/Answers", "started.json")));

        await new GloriaMundoPlatform().To(far).SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None);

        Assert.Equal("{}", Assert.Single(far.Requests).Body);
    }

    [Theory]
    [InlineData("spend_limit_exceeded", "spend_limit_exceeded")]
    [InlineData("insufficient_credits", "insufficient_credits")]
    public async Task SubmitAsync_PaymentRequired_IsToldApartByTheCode(string said, string code)
    {
        var far = new StubPlatform(_ => StubPlatform.Json($$"""{ "error": "{{said}}" }""", HttpStatusCode.PaymentRequired));

        var error = await Connected.FailureOfAsync(() => new GloriaMundoPlatform().To(far).SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, code, 402, true), (error.Kind, error.Code, error.StatusCode, error.CertainlyNotActedOn));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "run_id": 7.5 }""")]
    [InlineData("""{ "run_id": ".." }""")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("<html></html>")]
    public async Task SubmitAsync_AnswerWithoutARun_IsAmbiguous(string body)
    {
        var error = await Connected.FailureOfAsync(() => Answering(body).SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, false), (error.Kind, error.CertainlyNotActedOn));
    }

    [Fact]
    public void Check_WrongStart_NamesEveryField()
    {
        var errors = Answering("{}").Check(new StartExecution
        {
            Connection = "c",
            Target = new ExecutionTarget("agent", "..", "v1"),
            Input = "[1]",
        });

        Assert.Equal(["input", "target.id", "target.kind", "target.version"], errors.Select(error => error.Field).Order());
    }

    [Fact]
    public void Capabilities_AreThoseOfThePlatform()
    {
        var can = Answering("{}").Capabilities;

        Assert.Equal((1, 0, false, false, false, true), (can.MaxRunsPerPoll, can.MaxActivePage, can.Cancel, can.Retry, can.Files, can.Steps));
        Assert.Equal(new RequestBudget(55, 9), can.DefaultBudget);
    }

    private static IPlatformConnection Answering(string body) => new GloriaMundoPlatform().To(new StubPlatform(_ => StubPlatform.Json(body)));
}
