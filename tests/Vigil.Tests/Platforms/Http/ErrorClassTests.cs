using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigil.Platforms;
using Vigil.Platforms.GloriaMundo;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Http;

/// <summary>What a failure means is decided once for all platforms; it is looked at here through one of them.</summary>
public sealed class ErrorClassTests
{
    private readonly FakeTimeProvider _time = new(new(2026, 3, 10, 15, 30, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(301, PlatformErrorKind.Final, "unexpected_redirect", true)]
    [InlineData(303, PlatformErrorKind.Transient, "unexpected_redirect", false)]
    [InlineData(400, PlatformErrorKind.Final, "bad_request", true)]
    [InlineData(401, PlatformErrorKind.Credential, "unauthorized", true)]
    [InlineData(402, PlatformErrorKind.Final, "payment_required", true)]
    [InlineData(403, PlatformErrorKind.Final, "forbidden", true)]
    [InlineData(404, PlatformErrorKind.Final, "not_found", true)]
    [InlineData(405, PlatformErrorKind.Final, "refused", true)]
    [InlineData(408, PlatformErrorKind.Transient, "timeout", false)]
    [InlineData(409, PlatformErrorKind.Final, "conflict", true)]
    [InlineData(413, PlatformErrorKind.Final, "too_large", true)]
    [InlineData(418, PlatformErrorKind.Final, "refused", false)]
    [InlineData(422, PlatformErrorKind.Final, "invalid", true)]
    [InlineData(425, PlatformErrorKind.Transient, "refused", true)]
    [InlineData(429, PlatformErrorKind.Transient, "rate_limited", true)]
    [InlineData(499, PlatformErrorKind.Transient, "refused", false)]
    [InlineData(500, PlatformErrorKind.Transient, "platform_error", false)]
    [InlineData(503, PlatformErrorKind.Transient, "platform_error", false)]
    public async Task Start_RefusedWithStatus_IsClassified(int status, PlatformErrorKind kind, string code, bool certainlyNotActedOn)
    {
        var error = await StartErrorAsync(_ => StubPlatform.Json(StubPlatform.Refusal, (HttpStatusCode)status));

        Assert.Equal((kind, code, status, certainlyNotActedOn), (error.Kind, error.Code, error.StatusCode, error.CertainlyNotActedOn));
    }

    [Theory]
    [InlineData(404, "", PlatformErrorKind.Transient)]
    [InlineData(404, "404 page not found", PlatformErrorKind.Transient)]
    [InlineData(403, "<html>no</html>", PlatformErrorKind.Transient)]
    [InlineData(409, "[]", PlatformErrorKind.Transient)]
    [InlineData(403, "{}", PlatformErrorKind.Transient)]
    [InlineData(404, """{"message":"no Route matched with those values"}""", PlatformErrorKind.Transient)]
    [InlineData(404, """{"detail":"Not Found"}""", PlatformErrorKind.Transient)]
    [InlineData(404, """{"error":""}""", PlatformErrorKind.Transient)]
    [InlineData(404, """{"error":true}""", PlatformErrorKind.Transient)]
    [InlineData(404, """{"error":"no such workflow"}""", PlatformErrorKind.Final)]
    [InlineData(405, "", PlatformErrorKind.Final)]
    [InlineData(413, "<html>no</html>", PlatformErrorKind.Final)]
    [InlineData(308, "", PlatformErrorKind.Final)]
    public async Task Start_RefusedByAGateway_IsSentLaterUnlessTheRequestItselfIsRefused(int status, string body, PlatformErrorKind kind)
    {
        var error = await StartErrorAsync(_ => StubPlatform.Body((HttpStatusCode)status, body, "text/plain"));

        Assert.Equal((kind, true), (error.Kind, error.CertainlyNotActedOn));
    }

    [Theory]
    [InlineData("https://user:pass@elsewhere.test/api/x?token=secret#there", "moved to https://elsewhere.test/api/x")]
    [InlineData("/v2/start", "moved to https://platform.test/v2/start")]
    public async Task Start_Redirected_NamesTheNewAddressWithoutItsSecrets(string location, string expected)
    {
        var error = await StartErrorAsync(_ => WithHeader(new HttpResponseMessage(HttpStatusCode.PermanentRedirect), "Location", location));

        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://[")]
    [InlineData("https://a b:99999/x")]
    [InlineData("mailto:someone@elsewhere.test")]
    [InlineData("http:///")]
    public async Task Start_RedirectedToNoAddress_IsRefusedWithoutIt(string location)
    {
        var error = await StartErrorAsync(_ => WithHeader(new HttpResponseMessage(HttpStatusCode.PermanentRedirect), "Location", location));

        Assert.Equal((PlatformErrorKind.Final, "unexpected_redirect", "The start failed with HTTP 308"), (error.Kind, error.Code, error.Message));
    }

    [Theory]
    [InlineData("""{"msg":"quota is used up"}""", "quota is used up")]
    [InlineData("""{"messages":["quota is used up"]}""", "quota is used up")]
    [InlineData("""{"error":"invalid_grant","error_description":"quota is used up"}""", "quota is used up")]
    [InlineData("""{"data":{"reason":"quota is used up"}}""", "quota is used up")]
    [InlineData("""{"data":{"message":"quota is used up"}}""", "quota is used up")]
    [InlineData("""{"detail":[{"loc":["body","input",0],"msg":"quota is used up"}]}""", "body.input.0: quota is used up")]
    public async Task Start_AnsweredWithWords_QuotesThemWhereverTheyStand(string body, string expected)
    {
        var error = await StartErrorAsync(_ => StubPlatform.Json(body));

        Assert.Contains($"and says: {expected};", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"job":"j-17","state":"ok"}""", """it begins with: {"job":"j-17","state":"ok"}; its Location is /v2/runs/j-17.""")]
    [InlineData("run j-17\nstarted", "it begins with: run j-17 started; its Location is /v2/runs/j-17.")]
    [InlineData("", "it is empty; its Location is /v2/runs/j-17.")]
    public async Task Start_ConfirmedWithoutAnId_SaysWhatLetsPeopleFindTheRun(string body, string expected)
    {
        var error = await StartErrorAsync(_ => WithHeader(StubPlatform.Json(body, HttpStatusCode.Created), "Location", "/v2/runs/j-17?key=secret"));

        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ConfirmedWithoutAnId_QuotesTheBeginningWithoutSecrets()
    {
        var body = $$"""{"text":"{{new string('x', 185)}}{{Connected.Secret}}"}""";

        var error = await StartErrorAsync(_ => StubPlatform.Json(body));

        Assert.EndsWith($"it begins with: {{\"text\":\"{new string('x', 185)}***\"}}.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "no_connection", true)]
    [InlineData(HttpRequestError.ConnectionError, "no_connection", true)]
    [InlineData(HttpRequestError.SecureConnectionError, "no_connection", true)]
    [InlineData(HttpRequestError.ResponseEnded, "connection_lost", false)]
    [InlineData(HttpRequestError.Unknown, "connection_lost", false)]
    public async Task Start_WithoutAnAnswer_IsCertainOnlyWhereThereWasNoConnection(HttpRequestError cause, string code, bool certainlyNotActedOn)
    {
        var error = await StartErrorAsync(_ => throw new HttpRequestException(cause));

        Assert.Equal((PlatformErrorKind.Transient, code, certainlyNotActedOn), (error.Kind, error.Code, error.CertainlyNotActedOn));
    }

    [Fact]
    public async Task Start_TimedOut_IsAmbiguous()
    {
        var asked = new TaskCompletionSource();
        var far = new StubPlatform(async (_, cancelled) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancelled);
            return StubPlatform.Json("{}");
        });

        var start = StartErrorAsync(far);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(31));

        var error = await start;
        Assert.Equal((PlatformErrorKind.Transient, "timeout", false), (error.Kind, error.Code, error.CertainlyNotActedOn));
    }

    [Fact]
    public async Task Start_Cancelled_StaysACancellation()
    {
        using var cancellation = new CancellationTokenSource();
        var far = new StubPlatform(async (_, cancelled) =>
        {
            await cancellation.CancelAsync();
            cancelled.ThrowIfCancellationRequested();
            return StubPlatform.Json("{}");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new GloriaMundoPlatform().To(far).SubmitAsync(Connected.Request("workflow", "w"), cancellation.Token));
    }

    [Theory]
    [InlineData("7", 7.0)]
    [InlineData("1.5", 1.5)]
    [InlineData("-3", 0.0)]
    [InlineData("soon", null)]
    [InlineData("1e300", 86400.0)]
    [InlineData("Tue, 10 Mar 2026 15:30:20 GMT", 20.0)]
    [InlineData("Tue, 10 Mar 2026 15:29:00 GMT", 0.0)]
    public async Task RetryAfter_IsReadAsSecondsAndAsADate(string header, double? seconds)
    {
        var error = await StartErrorAsync(_ => WithHeader(StubPlatform.Json("{}", HttpStatusCode.TooManyRequests), "Retry-After", header));

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : (TimeSpan?)null, error.RetryAfter);
    }

    [Fact]
    public async Task RetryAfter_DateCountsFromThePlatformsOwnClock()
    {
        var error = await StartErrorAsync(_ => WithHeader(
            WithHeader(StubPlatform.Json("{}", HttpStatusCode.ServiceUnavailable), "Retry-After", "Tue, 10 Mar 2026 18:00:05 GMT"), "Date", "Tue, 10 Mar 2026 18:00:00 GMT"));

        Assert.Equal(TimeSpan.FromSeconds(5), error.RetryAfter);
    }

    [Fact]
    public async Task Refusal_ThatQuotesTheSecret_IsRedacted()
    {
        var error = await StartErrorAsync(_ => StubPlatform.Json($$"""{ "error": "bad", "message": "key {{Connected.Secret}} is unknown" }""", HttpStatusCode.Forbidden));

        Assert.DoesNotContain(Connected.Secret, error.Message, StringComparison.Ordinal);
        Assert.Contains("key *** is unknown", error.Message, StringComparison.Ordinal);
    }

    private Task<PlatformError> StartErrorAsync(Func<HttpRequestMessage, HttpResponseMessage> answer) => StartErrorAsync(new StubPlatform(answer));

    private Task<PlatformError> StartErrorAsync(StubPlatform far) => Connected.FailureOfAsync(
        () => new GloriaMundoPlatform().To(far, time: _time).SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None));

    private static HttpResponseMessage WithHeader(HttpResponseMessage response, string name, string value)
    {
        response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }
}
