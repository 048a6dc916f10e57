using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using Vigil.Simulator;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Simulator;

/// <summary>Each thing that can go wrong, told to the simulator from outside and met over the wire.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private Simulated _simulated = null!;

    private HttpClient Http => _simulated.Http;

    public async Task InitializeAsync() => _simulated = await Simulated.StartAsync();

    public async Task DisposeAsync() => await _simulated.DisposeAsync();

    [Theory]
    [InlineData("""{ "kind": "rate_limit" }""", 429, null)]
    [InlineData("""{ "kind": "rate_limit", "retry_after_seconds": 7 }""", 429, "7")]
    [InlineData("""{ "kind": "rate_limit", "retry_after_seconds": 7, "retry_after_as_date": true }""", 429, "Tue, 10 Mar 2026 15:30:07 GMT")]
    [InlineData("""{ "kind": "status", "status": 500 }""", 500, null)]
    [InlineData("""{ "kind": "status", "status": 503, "retry_after_seconds": 2 }""", 503, "2")]
    [InlineData("""{ "kind": "expire_tokens" }""", 401, null)]
    [InlineData("""{ "kind": "unknown" }""", 404, null)]
    public async Task Refusal_HasItsStatusAndItsRetryAfter(string rule, int status, string? retryAfter)
    {
        var run = await StartAsync();
        await AddAsync(rule);

        using var answer = await Http.GetAsync(StatusOf(run));

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(retryAfter, answer.Headers.TryGetValues("Retry-After", out var values) ? values.Single() : null);
    }

    [Theory]
    [InlineData("malformed")]
    [InlineData("html")]
    [InlineData("empty")]
    [InlineData("oversized")]
    [InlineData("invalid_utf8")]
    [InlineData("wrong_content_type")]
    public async Task Body_IsSpoilt(string kind)
    {
        var run = await StartAsync();
        await AddAsync($$"""{ "kind": "{{kind}}" }""");

        using var answer = await Http.GetAsync(StatusOf(run));
        var body = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(kind switch
        {
            "malformed" => !IsJson(body),
            "html" => answer.Content.Headers.ContentType?.MediaType == "text/html" && !IsJson(body),
            "empty" => body.Length == 0,
            "oversized" => body.Length == 50 * 1024 * 1024,
            "invalid_utf8" => body.Contains((byte)0xFF),
            _ => answer.Content.Headers.ContentType?.MediaType == "application/octet-stream" && IsJson(body),
        });
    }

    [Fact]
    public async Task Answer_IsSentAsGiven()
    {
        var run = await StartAsync();
        await AddAsync("""
            { "kind": "answer", "status": 409, "content_type": "text/x-odd; charset=ISO-8859-1", "headers": { "Location": "/there", "X-Odd": "1" }, "body": "{id} é {fill}!", "fill_bytes": 3 }
            """);

        using var answer = await Http.GetAsync(StatusOf(run));

        Assert.Equal((HttpStatusCode.Conflict, "/there", "1"), (answer.StatusCode, answer.Headers.Location?.ToString(), answer.Headers.GetValues("X-Odd").Single()));
        Assert.Equal("text/x-odd; charset=ISO-8859-1", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal($"{run} é xxx!", Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task Answer_ToAStartAfterActing_HasTheStartedRunsId()
    {
        await AddAsync("""{ "kind": "answer", "operation": "start", "after_acting": true, "body": "{id}" }""");

        using var answer = await Http.PostAsJsonAsync("/moderately/agent-executions?teamIds=t", new { agent_id = "ok-5s" });

        Assert.Equal(_simulated.World.Runs.All().Single().Id, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Members_OfOneRun_AreReplacedAlsoInLists()
    {
        for (var i = 0; i < 2; i++)
        {
            await Http.PostAsJsonAsync("/moderately/agent-executions?teamIds=t", new { agent_id = "slow-10m" });
        }

        var ids = _simulated.World.Runs.All().Select(run => run.Id).ToList();
        await AddAsync($$"""{ "kind": "members", "run_id": "{{ids[1]}}", "members": { "agentOutput": "{\"loss\":NaN}", "odd": "{fill}" }, "fill_bytes": 2 }""");

        var page = await Http.GetStringAsync("/moderately/agent-executions?teamIds=t");
        var one = await Http.GetStringAsync($"/moderately/agent-executions/{ids[0]}?teamIds=t");
        var other = await Http.GetStringAsync($"/moderately/agent-executions/{ids[1]}?teamIds=t");

        Assert.Equal((1, 0, 1), (Count(page), Count(one), Count(other)));

        static int Count(string body) => body.Split("\"agentOutput\":{\"loss\":NaN}").Length - 1 is 1 && body.Contains("\"odd\":xx", StringComparison.Ordinal) ? 1 : 0;
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("truncated")]
    public async Task Connection_Breaks(string kind)
    {
        var run = await StartAsync();
        await AddAsync($$"""{ "kind": "{{kind}}" }""");

        await Assert.ThrowsAsync<HttpRequestException>(() => Http.GetByteArrayAsync(StatusOf(run)));
        Assert.Equal(kind == "cut" ? 0 : 200, _simulated.World.Ledger.Requests(operation: "status")[^1].Status);
    }

    [Fact]
    public async Task Gzip_Truncated_CannotBeInflated()
    {
        var run = await StartAsync();
        await AddAsync("""{ "kind": "truncated_gzip" }""");

        var body = await Http.GetByteArrayAsync(StatusOf(run));

        Assert.Equal([0x1F, 0x8B], body[..2]);
        using var inflated = new StreamReader(new GZipStream(new MemoryStream(body), CompressionMode.Decompress), Encoding.UTF8);
        Assert.False(IsJson(Encoding.UTF8.GetBytes(Read(inflated))));
    }

    [Fact]
    public async Task Slow_AnswersWhenTheTimeHasPassed()
    {
        var run = await StartAsync();
        await AddAsync("""{ "kind": "delay", "delay_seconds": 20 }""");

        using var answer = await AnsweredAsync(Http.GetAsync(StatusOf(run)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("fault-1", _simulated.World.Ledger.Requests(operation: "status")[^1].Fault);
    }

    [Fact]
    public async Task Slow_ACancellationComesTooLateForWhatHasEndedMeanwhile()
    {
        Http.DefaultRequestHeaders.Authorization = new("Bearer", "simulated");
        using var started = await Http.PostAsync("/manifest/api/v1/workflows/ok-5s/executions", new StringContent("""{"input_data":{}}"""));
        var run = JsonElement.Parse(await started.Content.ReadAsStringAsync()).GetProperty("execution_id").GetString();
        await AddAsync("""{ "kind": "delay", "delay_seconds": 20, "operation": "cancel" }""");

        using var answer = await AnsweredAsync(Http.PostAsync($"/manifest/api/v1/executions/{run}/cancel", null));

        Assert.Equal(RunPhase.Succeeded, _simulated.World.LedgerRuns()[^1].Phase);
    }

    [Fact]
    public async Task Vanishing_RunIsThereAndThenIsNot()
    {
        var run = await StartAsync();
        await AddAsync("""{ "kind": "unknown", "from_seconds": 3 }""");

        Assert.Equal(HttpStatusCode.OK, (await Http.GetAsync(StatusOf(run))).StatusCode);
        _simulated.Time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(HttpStatusCode.NotFound, (await Http.GetAsync(StatusOf(run))).StatusCode);
    }

    [Theory]
    [InlineData("repeat_on_pages", new[] { 0, 1, 1, 2, 3, 3, 4 })]
    [InlineData("shift_pages", new[] { 0, 1, 3, 4 })]
    public async Task Pages_RepeatARunOrMissOne(string kind, int[] expected)
    {
        for (var i = 0; i < 5; i++)
        {
            await Http.PostAsJsonAsync("/moderately/agent-executions?teamIds=t", new { agent_id = "slow-10m" });
        }

        await AddAsync($$"""{ "kind": "{{kind}}", "platform": "moderately" }""");
        var inOrder = _simulated.World.Runs.All().Select(run => run.Id).ToList();
        var seen = new List<int>();
        for (var page = 1; page <= 3; page++)
        {
            var answer = await Http.GetFromJsonAsync<JsonElement>($"/moderately/agent-executions?teamIds=t&page={page}&page_size=2&order_direction=asc");
            seen.AddRange(answer.GetProperty("items").EnumerateArray().Select(item => inOrder.IndexOf(item.GetProperty("agentExecutionId").GetString()!)));
        }

        Assert.Equal(expected, seen);
    }

    [Theory]
    [InlineData(600)]
    [InlineData(-600)]
    public async Task ClockSkew_ShiftsBodiesAndDateAlike_AndNoOtherPlatforms(int seconds)
    {
        var run = await StartAsync();
        var skew = TimeSpan.FromSeconds(seconds);
        await AddAsync($$"""{ "kind": "clock_skew", "platform": "gloriamundo", "skew_seconds": {{seconds}} }""");

        using var answer = await Http.GetAsync(StatusOf(run));
        using var other = await Http.GetAsync("/manifest/api/v1/executions/nosuch");

        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(_simulated.Time.GetUtcNow() + skew, answer.Headers.Date);
        Assert.Equal(_simulated.World.LedgerRuns()[0].AcceptedAt + skew, body.GetProperty("started_at").GetDateTimeOffset());
        Assert.Equal(_simulated.Time.GetUtcNow(), other.Headers.Date);
    }

    [Fact]
    public async Task ExpiredTokens_AreThoseThatWereHandedOutBefore()
    {
        var old = await LoginAsync();
        await AddAsync("""{ "id": "expired", "kind": "expire_tokens", "platform": "manifest" }""");

        Assert.Equal(HttpStatusCode.Unauthorized, await AskManifestAsync(old));
        Assert.Equal(HttpStatusCode.NotFound, await AskManifestAsync(await LoginAsync()));

        // A key was handed out by nobody: it waits for the rule to end.
        Assert.Equal(HttpStatusCode.Unauthorized, await AskManifestAsync("a-key"));
        await Http.DeleteAsync("/_sim/faults/expired");
        Assert.Equal(HttpStatusCode.NotFound, await AskManifestAsync("a-key"));
    }

    private async Task<string> LoginAsync()
    {
        using var answer = await Http.PostAsJsonAsync("/manifest/api/v1/auth/login", new { email = "a@b.test", password = "p" });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString()!;
    }

    private async Task<HttpStatusCode> AskManifestAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/manifest/api/v1/executions/nosuch");
        request.Headers.Authorization = new("Bearer", token);
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    private async Task<string> StartAsync()
    {
        using var answer = await Http.PostAsJsonAsync("/gloriamundo/api/v1/workflows/slow-10m/execute", new { });
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("run_id").GetString()!;
    }

    /// <summary>Lets time pass until a request is answered. It is on its way for a moment before its delay begins.</summary>
    private async Task<HttpResponseMessage> AnsweredAsync(Task<HttpResponseMessage> request)
    {
        Assert.False(request.IsCompleted);
        while (!request.IsCompleted)
        {
            _simulated.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(request, Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System));
        }

        return await request;
    }

    private async Task AddAsync(string rule) => (await Http.PostAsync("/_sim/faults", new StringContent(rule))).EnsureSuccessStatusCode();

    private static string StatusOf(string run) => $"/gloriamundo/api/v1/runs/{run}/status";

    private static string Read(StreamReader reader)
    {
        try
        {
            return reader.ReadToEnd();
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
