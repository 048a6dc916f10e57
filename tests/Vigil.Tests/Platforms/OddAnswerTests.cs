using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Platforms.Cognite;
using Vigil.Platforms.GloriaMundo;
using Vigil.Platforms.Manifest;
using Vigil.Platforms.Moderately;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms;

/// <summary>Odd answers that public reports about other tools describe, given by all five platforms.</summary>
public sealed class OddAnswerTests
{
    private const string RunId = "06965877-9e27-7f35-8000-4c2b1f6f2a1b";
    private const string Started = "\"2026-03-10T15:30:00Z\"";
    private const string Ended = "\"2026-03-10T15:31:00Z\"";

    private static readonly string[] Platforms = ["agentic", "moderately", "manifest", "gloriamundo", "cognite"];

    public static TheoryData<string> All => [.. Platforms];

    public static TheoryData<string, string, bool> OddOutputs => Rows(
        ("""{"loss":NaN}""", true),
        ("""[-Infinity, undefined]""", true),
        (string.Concat(Enumerable.Repeat("[", 3_000)) + string.Concat(Enumerable.Repeat("]", 3_000)), true),
        ("""[None, ObjectId("x"), new Date(1)]""", true),
        ("{'it': 'is', so: 1, /* not */}", false),
        ("{\"log\":\"first\nsecond\u0001\"}", false),
        ("""{"path":"C:\data\x","list":[1,2,],}""", false));

    public static TheoryData<string, string, string?> OddEnds => Rows<string?>(
        (Ended, "2026-03-10T15:31:00Z"),
        ("\"2026-03-10 15:31:00 UTC\"", "2026-03-10T15:31:00Z"),
        ("\"2026-03-10t15:31:00z\"", "2026-03-10T15:31:00Z"),
        ("1773156660000.0", "2026-03-10T15:31:00Z"),
        ("\"1773156660000\"", "2026-03-10T15:31:00Z"),
        ("0", null),
        ("-62135596800000", null),
        ("\"0001-01-01T00:00:00Z\"", null),
        ("\"1970-01-01T00:00:00+00:00\"", null),
        ("\"2026-03-10T15:29:00Z\"", null),
        ("\"9999-12-31T23:59:59Z\"", null),
        ("1773156660", "2026-03-10T15:31:00Z"),
        ("\"Tue, 10 Mar 2026 15:31:00 GMT\"", "2026-03-10T15:31:00Z"),
        ("\"2026-03-10 15:31:00.000 +0000 UTC\"", "2026-03-10T15:31:00Z"),
        ("NaN", null));

    public static TheoryData<string, string, ExecutionStatus> OddWords => Rows(
        ("canceled", ExecutionStatus.Cancelled),
        ("Cancelled", ExecutionStatus.Cancelled),
        ("CAN-CELED", ExecutionStatus.Cancelled),
        (" com_pleted ", ExecutionStatus.Succeeded),
        ("Failed", ExecutionStatus.Failed),
        ("completed\\u0000", ExecutionStatus.Succeeded),
        ("\\uFEFFcom\\u200Bpleted", ExecutionStatus.Succeeded));

    public static TheoryData<string, int, string> OtherRefusals
    {
        get
        {
            var rows = new TheoryData<string, int, string>();
            foreach (var platform in Platforms)
            {
                foreach (var status in new[] { 400, 402, 405, 406, 409, 412, 413, 415, 418, 420, 422, 423, 430, 431, 451, 499 })
                {
                    rows.Add(platform, status, """{"message":"another operation in progress"}""");
                }

                foreach (var body in new[] { "404 page not found", "", "<html>no</html>", "[]", "{}", """{"message":"Not Found"}""", """{"detail":"Not Found"}""" })
                {
                    rows.Add(platform, 403, body);
                    rows.Add(platform, 404, body);
                    rows.Add(platform, 410, body);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(OddOutputs))]
    public async Task Output_ThatIsOdd_CostsNothingElse(string platform, string output, bool isLost)
    {
        var seen = await SeenAsync(platform, Body(platform, output: output));

        Assert.Equal((ExecutionStatus.Succeeded, DateTimeOffset.Parse("2026-03-10T15:31:00Z", CultureInfo.InvariantCulture)), (seen.Status, seen.EndedAt));
        if (HasOutput(platform))
        {
            Assert.Equal(isLost, seen.OutputTruncated);
            JsonElement.Parse(seen.Output!);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Output_OfSeventeenMegabytes_IsCut(string platform)
    {
        var body = Body(platform, output: $$"""{"text":"{{new string('x', 17 * 1024 * 1024)}}" }""");

        var seen = await SeenAsync(platform, body);

        Assert.Equal((ExecutionStatus.Succeeded, HasOutput(platform)), (seen.Status, seen.OutputTruncated));
        Assert.True(seen.Output is null || seen.Output.Length < PlatformHttp.MaxResponseBytes);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Start_WithAnOddMember_IsConfirmed(string platform)
    {
        var submitted = await Connect(platform, StartBody(platform, Body(platform, output: "NaN"))).SubmitAsync(Request(platform), CancellationToken.None);

        Assert.Equal(RunId, submitted.RemoteId);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Id_ThatIsANumber_IsItsDigits(string platform)
    {
        const string Number = "9223372036854775808123";
        var body = Body(platform, id: Number);

        Assert.Equal(ExecutionStatus.Succeeded, (await SeenAsync(platform, body, Number)).Status);
        Assert.Equal(Number, (await Connect(platform, StartBody(platform, body)).SubmitAsync(Request(platform), CancellationToken.None)).RemoteId);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Id_InAnotherLetterCase_IsTheSame(string platform) =>
        Assert.Equal(ExecutionStatus.Succeeded, (await SeenAsync(platform, Body(platform), RunId.ToUpperInvariant())).Status);

    [Fact]
    public async Task Id_InAnotherLetterCase_IsFoundInABatchUnlessItIsExactlyAnothers()
    {
        var page = $$"""{"items":[{{Item("abc", "running")}},{{Item("DEF", "completed")}},{{Item("AbC", "failed")}}]}""";

        var answers = await Connect("moderately", page).PollAsync([new("AbC"), new("def"), new("abc"), new("ABC")], CancellationToken.None);

        Assert.Equal(
            [ExecutionStatus.Failed, ExecutionStatus.Succeeded, ExecutionStatus.Running, null],
            answers.Select(answer => (answer as PollAnswer.Seen)?.Snapshot.Status));
        Assert.IsType<PollAnswer.NotFound>(answers[3]);

        static string Item(string id, string status) => $$"""{"agentExecutionId":"{{id}}","status":"{{status}}","agentOutput":[NaN]}""";
    }

    [Theory]
    [MemberData(nameof(OddWords))]
    public async Task Word_IsReadInAnySpelling(string platform, string word, ExecutionStatus expected)
    {
        var seen = await SeenAsync(platform, Body(platform, status: word));

        Assert.Equal((expected, false), (seen.Status, seen.UnknownStatus));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Word_ThatIsUnknown_KeepsTheEndByWhichItIsNoticed(string platform)
    {
        var seen = await SeenAsync(platform, Body(platform, status: "archived"));

        Assert.Equal((ExecutionStatus.Running, true), (seen.Status, seen.UnknownStatus));
        Assert.Equal(DateTimeOffset.Parse("2026-03-10T15:31:00Z", CultureInfo.InvariantCulture), seen.EndedAt);
    }

    [Theory]
    [MemberData(nameof(OddEnds))]
    public async Task End_IsReadInAnySpellingIfItIsOne(string platform, string end, string? expected)
    {
        var seen = await SeenAsync(platform, Body(platform, end: end));

        Assert.Equal(ExecutionStatus.Succeeded, seen.Status);
        Assert.Equal(expected is null ? (DateTimeOffset?)null : DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), seen.EndedAt);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(6, false)]
    public async Task End_AheadOfNow_IsReadUpToFiveMinutes(int minutes, bool isRead)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_773_156_660);
        foreach (var platform in Platforms)
        {
            var body = Body(platform, end: now.AddMinutes(minutes).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));

            var answer = await Connect(platform, _ => StubPlatform.Json(body), new FakeTimeProvider(now)).GetDetailAsync(new(RunId), CancellationToken.None);

            Assert.Equal(isRead, Assert.IsType<PollAnswer.Seen>(answer).Snapshot.EndedAt is not null);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Id_InWhiteSpace_IsTheSameWithoutIt(string platform)
    {
        var body = Body(platform, id: $"\" {RunId}\\n\"");

        Assert.Equal(ExecutionStatus.Succeeded, (await SeenAsync(platform, body)).Status);
        Assert.Equal(RunId, (await Connect(platform, StartBody(platform, body)).SubmitAsync(Request(platform), CancellationToken.None)).RemoteId);
    }

    [Theory]
    [InlineData("utf-8", "", "application/json; charset=utf-7")]
    [InlineData("utf-8", "", "application/json; charset=klingon")]
    [InlineData("iso-8859-1", "", "application/json; charset=ISO-8859-1")]
    [InlineData("windows-1252", "", "application/json; charset=windows-1252")]
    [InlineData("shift_jis", "", "application/json; charset=Shift_JIS")]
    [InlineData("utf-16", "", "application/json")]
    [InlineData("utf-16", "\uFEFF", "application/json; charset=utf-8")]
    [InlineData("utf-16BE", "", "application/json")]
    [InlineData("utf-16BE", "\uFEFF", "application/json")]
    [InlineData("utf-32", "", "application/json")]
    [InlineData("utf-8", "\uFEFF\uFEFF", "application/json")]
    [InlineData("utf-8", ")]}',\n", "application/json")]
    public async Task Encoding_OfAnyKind_IsRecognized(string encoding, string prefix, string type)
    {
        // Each of the words can be written in its encoding.
        var word = encoding == "shift_jis" ? "完了" : "\u00E9chec";
        var codec = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        foreach (var platform in Platforms)
        {
            var content = new ByteArrayContent(codec.GetBytes(prefix + Body(platform, output: $"\"{word}\"")));
            content.Headers.TryAddWithoutValidation("Content-Type", type);

            var answer = await Connect(platform, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = content }).GetDetailAsync(new(RunId), CancellationToken.None);

            var seen = Assert.IsType<PollAnswer.Seen>(answer).Snapshot;
            Assert.True(!HasOutput(platform) || seen.Output == $"\"{word}\"", seen.Output);
        }
    }

    [Theory]
    [InlineData("utf-7")]
    [InlineData("klingon")]
    [InlineData("utf-16")]
    public async Task Charset_ThatIsUnknown_IsIgnoredWhereTheBytesAreInvalid(string charset)
    {
        foreach (var platform in Platforms)
        {
            var content = new ByteArrayContent(Encoding.Latin1.GetBytes(Body(platform, output: "\"\u00E9chec\"")));
            content.Headers.TryAddWithoutValidation("Content-Type", $"application/json; charset={charset}");

            var answer = await Connect(platform, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = content }).GetDetailAsync(new(RunId), CancellationToken.None);

            Assert.Equal(ExecutionStatus.Succeeded, Assert.IsType<PollAnswer.Seen>(answer).Snapshot.Status);
        }
    }

    [Theory]
    [InlineData("UTF-8")]
    [InlineData("none")]
    [InlineData("aws-chunked")]
    public async Task ContentEncoding_ThatIsUnknown_IsIgnored(string encoding)
    {
        foreach (var platform in Platforms)
        {
            var response = StubPlatform.Json(Body(platform));
            response.Content.Headers.ContentEncoding.Add(encoding);

            var answer = await Connect(platform, _ => response).GetDetailAsync(new(RunId), CancellationToken.None);

            Assert.Equal(ExecutionStatus.Succeeded, Assert.IsType<PollAnswer.Seen>(answer).Snapshot.Status);
        }
    }

    [Theory]
    [InlineData("\0\0\0")]
    [InlineData("}")]
    [InlineData(" // the end")]
    [InlineData("<!-- served by cache -->")]
    public async Task Bytes_AfterTheAnswer_AreIgnored(string rest)
    {
        foreach (var platform in Platforms)
        {
            Assert.Equal(ExecutionStatus.Succeeded, (await SeenAsync(platform, Body(platform) + rest)).Status);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Charset_OfAnotherName_IsNotBelievedOfUtf8(string platform)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body(platform, status: "failed", output: "\"échec – disque plein\"")));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json;charset=ISO-8859-1");

        var answer = await Connect(platform, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = content }).GetDetailAsync(new(RunId), CancellationToken.None);

        var seen = Assert.IsType<PollAnswer.Seen>(answer).Snapshot;
        Assert.True(!HasOutput(platform) || seen.Output == "\"échec – disque plein\"", seen.Output);
    }

    [Theory]
    [MemberData(nameof(OtherRefusals))]
    public async Task Poll_RefusedOtherwiseOrByAGateway_SaysNothingOfTheRun(string platform, int status, string body)
    {
        var connection = Connect(platform, _ => StubPlatform.Body((HttpStatusCode)status, body, "application/json"));

        var error = await Connected.FailureOfAsync(() => connection.GetDetailAsync(new(RunId), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Transient, status), (error.Kind, error.StatusCode));
    }

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Poll_RefusedByThePlatform_IsNotFound(int status)
    {
        foreach (var platform in Platforms.Except(["agentic"]))
        {
            var connection = Connect(platform, _ => StubPlatform.Json("""{"error":{"message":"No such run."}}""", (HttpStatusCode)status));

            Assert.IsType<PollAnswer.NotFound>(await connection.GetDetailAsync(new(RunId), CancellationToken.None));
        }
    }

    [Theory]
    [InlineData("moderately")]
    [InlineData("cognite")]
    public async Task Poll_BadRequestWhileOthersAreAccepted_IsNotFound(string platform)
    {
        var connection = Connect(platform, request => request.RequestUri!.AbsoluteUri.Contains(RunId, StringComparison.Ordinal)
            ? StubPlatform.Json("""{"error":{"message":"bad id"}}""", HttpStatusCode.BadRequest)
            : StubPlatform.Json("""{"items":null}"""));

        Assert.IsType<PollAnswer.NotFound>(await connection.GetDetailAsync(new(RunId), CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"success":false,"error":"quota exceeded for workspace"}""")]
    [InlineData("""{"error":{"message":"quota exceeded for workspace"}}""")]
    [InlineData("""{"errors":[{"detail":"quota exceeded for workspace"}]}""")]
    [InlineData("""{"detail":"quota exceeded for workspace"}""")]
    [InlineData("""{"message":"quota exceeded for workspace"}""")]
    public async Task Start_AnsweredWithoutARun_QuotesWhatIsSaid(string body)
    {
        foreach (var platform in Platforms)
        {
            var error = await Connected.FailureOfAsync(() => Connect(platform, StartBody(platform, body)).SubmitAsync(Request(platform), CancellationToken.None));

            Assert.Contains("quota exceeded for workspace", error.Message, StringComparison.Ordinal);

            // In GraphQL, errors without data say that nothing was done.
            Assert.Equal(platform == "agentic" && body.Contains("errors", StringComparison.Ordinal), error.CertainlyNotActedOn);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Start_Redirected_IsRefusedWithTheNewAddress(string platform)
    {
        var connection = Connect(platform, request => IsSession(request) ? StubPlatform.Json(Session) : new HttpResponseMessage(HttpStatusCode.PermanentRedirect)
        {
            Headers = { Location = new Uri("https://new.test/api?key=1") },
        });

        var error = await Connected.FailureOfAsync(() => connection.SubmitAsync(Request(platform), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Final, 308, true), (error.Kind, error.StatusCode, error.CertainlyNotActedOn));
        Assert.EndsWith("moved to https://new.test/api", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("moderately")]
    [InlineData("cognite")]
    public async Task List_OfNothing_MayBeNull(string platform) =>
        Assert.Empty((await Connect(platform, """{"items":null}""").ListActiveAsync(null, 100, CancellationToken.None)).Runs);

    [Fact]
    public async Task List_ThatDoesNotFit_ProvesNothingOfWhatIsMissing()
    {
        var many = string.Join(',', Enumerable.Range(0, 18).Select(i => $$"""{"agentExecutionId":"run-{{i}}","status":"running","agentOutput":"{{new string('x', 1024 * 1024)}}"}"""));
        var connection = Connect("moderately", $$"""{"items":[{{many}}]}""");

        var error = await Connected.FailureOfAsync(() => connection.PollAsync([new("run-0"), new("run-17")], CancellationToken.None));

        Assert.Equal(PlatformErrorKind.BatchRefused, error.Kind);
    }

    private static string Session => """{"items":[{"nonce":"n"}]}""";

    private static bool HasOutput(string platform) => platform is not ("agentic" or "cognite");

    private static bool IsSession(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.EndsWith("/sessions", StringComparison.Ordinal);

    // The odd member comes first, so that everything else must be read after it.
    private static string Body(string platform, string? id = null, string? status = null, string? end = null, string output = "{}")
    {
        id ??= $"\"{RunId}\"";
        status ??= platform switch { "agentic" => "Completed", "cognite" => "COMPLETED", _ => "completed" };
        end ??= Ended;
        return platform switch
        {
            "agentic" => $$"""{"data":{"flowExecutionStatus":{"blob":{{output}},"id":{{id}},"result":"{{status}}","start_time":{{Started}},"end_time":{{end}},"steps":null} } }""",
            "moderately" => $$"""{"agentOutput":{{output}},"agentExecutionId":{{id}},"status":"{{status}}","startedAt":{{Started}},"completedAt":{{end}}}""",
            "manifest" => $$"""{"output":{{output}},"execution_id":{{id}},"status":"{{status}}","started_at":{{Started}},"completed_at":{{end}}}""",
            "gloriamundo" => $$"""{"result":{{output}},"run_id":{{id}},"status":"{{status}}","started_at":{{Started}},"completed_at":{{end}}}""",
            _ => $$"""{"executedTasks":[{"output":{{output}},"externalId":7,"status":"COMPLETED"}],"id":{{id}},"status":"{{status}}","startTime":1773156600000,"endTime":{{end}}}""",
        };
    }

    private static string StartBody(string platform, string body) => platform != "agentic" ? body
        : body.Contains("\"data\"", StringComparison.Ordinal) ? body.Replace("flowExecutionStatus", "executeFlow", StringComparison.Ordinal)
        : body;

    private static RunRequest Request(string platform) => platform switch
    {
        "agentic" => Connected.Request("flow", "f"),
        "moderately" => Connected.Request("agent", "a"),
        _ => Connected.Request("workflow", "w", version: platform == "cognite" ? "1" : null),
    };

    private static async Task<Snapshot> SeenAsync(string platform, string body, string id = RunId) =>
        Assert.IsType<PollAnswer.Seen>(await Connect(platform, body).GetDetailAsync(new(id), CancellationToken.None)).Snapshot;

    private static IPlatformConnection Connect(string platform, string body) =>
        Connect(platform, request => StubPlatform.Json(IsSession(request) ? Session : body));

    private static IPlatformConnection Connect(string platform, Func<HttpRequestMessage, HttpResponseMessage> answer, TimeProvider? time = null)
    {
        var far = new StubPlatform(answer);
        return platform switch
        {
            "agentic" => new AgenticPlatform().To(far, Connected.Options(platform, ("tenant_id", "t1")), time),
            "moderately" => new ModeratelyPlatform().To(far, Connected.Options(platform, ("team_id", "team-1")), time),
            "manifest" => new ManifestPlatform([]).To(far, Connected.Options(platform, ("auth", "api_key")), time),
            "gloriamundo" => new GloriaMundoPlatform().To(far, time: time),
            _ => new CognitePlatform().To(far, Connected.Options(platform, ("project", "p")), time),
        };
    }

    private static TheoryData<string, string, T> Rows<T>(params (string Odd, T Expected)[] rows)
    {
        var data = new TheoryData<string, string, T>();
        foreach (var platform in Platforms)
        {
            foreach (var (odd, expected) in rows)
            {
                data.Add(platform, odd, expected);
            }
        }

        return data;
    }
}
