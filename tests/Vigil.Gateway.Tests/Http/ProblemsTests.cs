using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Vigil.Client;
using Vigil.Gateway.Api;

namespace Vigil.Gateway.Tests.Http;

/// <summary>What a caller and the log are told of an error.</summary>
public sealed class ProblemsTests
{
    private readonly LineLog _log = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Problems _problems;

    public ProblemsTests() => _problems = new(_time, _log);

    [Fact]
    public async Task Fault_IsOneBoundedLine_AndTellsTheCallerNothingOfIt()
    {
        var (status, body) = await AnswerAsync(new InvalidOperationException($"Host=db;\r\nError: a forged line {new string('x', 10_000)}"), path: $"/{new string('p', 5000)}\n");

        Assert.Equal((500, "internal_error"), (status, (string?)body["code"]));
        Assert.DoesNotContain("Host=db", body.ToJsonString(), StringComparison.Ordinal);
        var line = Assert.Single(_log.Lines);
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, 2048);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.Contains("Host=db", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unavailable_IsOneLineAMinute_WithTheCauseThatTheCallerIsNotTold()
    {
        var error = new VigilUnavailableException("The store cannot be reached.", "store_unavailable", new IOException("db.internal:5432 refused the connection"));
        for (var second = 0; second <= 60; second++)
        {
            var (status, body) = await AnswerAsync(error);
            Assert.Equal((503, "The store cannot be reached."), (status, (string?)body["detail"]));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("db.internal:5432", _log.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("60 requests", _log.Lines[1], StringComparison.Ordinal);
    }

    /// <summary>Its caller must not wait it out.</summary>
    [Theory]
    [InlineData("2.0.0")]
    [InlineData(null)]
    public async Task VersionMismatch_IsOneForTheClientOverHttpToo(string? theirs)
    {
        var (status, body) = await AnswerAsync(new VersionMismatchException("3.0.0", theirs));
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body.ToJsonString()) };

        var mismatch = Assert.IsType<VersionMismatchException>(await ProblemReader.ReadAsync(response, CancellationToken.None));

        Assert.Equal(("3.0.0", theirs, 503), (mismatch.Mine, mismatch.Theirs, status));
    }

    [Theory]
    [InlineData(413, "body_too_large")]
    [InlineData(408, "request_timeout")]
    [InlineData(400, "bad_request")]
    [InlineData(418, "http_418")]
    public async Task ServersOwnError_HasACodeAndNoneOfItsWords(int status, string code)
    {
        var (answered, body) = await AnswerAsync(new BadHttpRequestException("Change the reader options.", status));

        Assert.Equal((status, code), (answered, (string?)body["code"]));
        Assert.DoesNotContain("reader options", body.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(_log.Lines);
    }

    [Theory]
    [InlineData(false, 499)]
    [InlineData(true, 200)]
    public async Task Caller_WhoHasGone_IsNoFault(bool hasStarted, int status)
    {
        var context = new DefaultHttpContext { RequestAborted = new(canceled: true) };
        context.Features.Set<IHttpResponseFeature>(new StartedResponse(hasStarted));

        await _problems.InvokeAsync(context, _ => throw new OperationCanceledException());

        Assert.Equal((status, 0), (context.Response.StatusCode, _log.Lines.Count));
    }

    [Fact]
    public async Task Timeout_OfTheApp_IsLeftToIt()
    {
        var context = new DefaultHttpContext { RequestAborted = new(canceled: true) };
        context.Features.Set<IHttpRequestTimeoutFeature>(new PassedTimeout());

        await Assert.ThrowsAsync<OperationCanceledException>(() => _problems.InvokeAsync(context, _ => throw new OperationCanceledException()));
    }

    private async Task<(int Status, JsonNode Body)> AnswerAsync(Exception error, string path = "/v1/executions")
    {
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Request = { Method = "GET", Path = path }, Response = { Body = body } };
        await _problems.InvokeAsync(context, _ => throw error);
        return (context.Response.StatusCode, JsonNode.Parse(body.ToArray())!);
    }

    private sealed class StartedResponse(bool hasStarted) : HttpResponseFeature
    {
        public override bool HasStarted => hasStarted;
    }

    private sealed class PassedTimeout : IHttpRequestTimeoutFeature
    {
        public CancellationToken RequestTimeoutToken => new(canceled: true);

        public void DisableTimeout()
        {
        }
    }

    private sealed class LineLog : ILogger<Problems>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception) + exception);
    }
}
