using System.Net;
using Vigil.Platforms;
using Vigil.Platforms.Agentic;
using Vigil.Platforms.Cognite;
using Vigil.Platforms.GloriaMundo;
using Vigil.Platforms.Manifest;
using Vigil.Platforms.Moderately;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms;

/// <summary>Every recorded body, read by its adapter: each status answer as what it says, each refusal by its code and its sentence.</summary>
public sealed class RecordedAnswerTests
{
    private static readonly Dictionary<string, (ExecutionStatus? Status, string? Reason)> Expected = new()
    {
        ["Agentic/running"] = (ExecutionStatus.Running, null),
        ["Agentic/completed"] = (ExecutionStatus.Succeeded, null),
        ["Agentic/files"] = (ExecutionStatus.Succeeded, null),
        ["Agentic/failed"] = (ExecutionStatus.Failed, "StepFailed"),
        ["Agentic/killed"] = (ExecutionStatus.Terminated, "Platform terminated the execution"),
        ["Agentic/unknown"] = (null, null),
        ["Agentic/errors"] = (null, null),
        ["Moderately/running"] = (ExecutionStatus.Running, null),
        ["Moderately/paused"] = (ExecutionStatus.AwaitingInput, null),
        ["Moderately/completed"] = (ExecutionStatus.Succeeded, null),
        ["Moderately/failed"] = (ExecutionStatus.Failed, "no_reason_given"),
        ["Manifest/running"] = (ExecutionStatus.Running, null),
        ["Manifest/completed"] = (ExecutionStatus.Succeeded, null),
        ["Manifest/failed"] = (ExecutionStatus.Failed, "The tool is gone"),
        ["Manifest/timed_out"] = (ExecutionStatus.TimedOut, "The execution took longer than 300 seconds."),
        ["GloriaMundo/queued"] = (ExecutionStatus.Pending, null),
        ["GloriaMundo/running"] = (ExecutionStatus.Running, null),
        ["GloriaMundo/completed"] = (ExecutionStatus.Succeeded, null),
        ["GloriaMundo/failed"] = (ExecutionStatus.Failed, "Gmail connection expired. Please reconnect."),
        ["Cognite/detailed"] = (ExecutionStatus.Running, null),
        ["Cognite/failed"] = (ExecutionStatus.Failed, "Task report failed"),
        ["Cognite/terminated"] = (ExecutionStatus.Terminated, "cancelled"),
        ["Cognite/timed_out"] = (ExecutionStatus.TimedOut, "The workflow timed out"),
    };

    // Answers to other questions than where one run is; those to starts, lists and sessions are read by the adapters' own tests.
    private static readonly string[] NoStatus =
    [
        "Agentic/started", "Agentic/inputs", "Agentic/download", "Agentic/upload", "Moderately/page", "Manifest/started", "Manifest/login",
        "GloriaMundo/started", "Cognite/started", "Cognite/list", "Cognite/session", "Cognite/token",
    ];

    private static readonly string[] Platforms = ["Agentic", "Moderately", "Manifest", "GloriaMundo", "Cognite"];

    public static TheoryData<string, string> Answers => FilesIn("Answers", NoStatus);

    public static TheoryData<string, string> Refusals => FilesIn("Refusals");

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_IsReadAsWhatItSays(string platform, string name)
    {
        var body = Recorded.Text($"{platform}/Answers", $"{name}.json");
        var (status, reason) = Expected[$"{platform}/{name}"];

        var answer = await PlatformOf(platform, new StubPlatform(_ => StubPlatform.Json(body))).GetDetailAsync(RunIn(platform, body), CancellationToken.None);

        var seen = (answer as PollAnswer.Seen)?.Snapshot;
        Assert.Equal((status, reason), (seen?.Status, seen?.Failure?.Reason.Split(':')[0]));
        Assert.True(seen is not null || answer is PollAnswer.NotFound);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refusal_IsReadByItsCodeAndItsSentence(string platform, string name)
    {
        var (status, code) = (int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name[4..]);
        var body = Recorded.Text($"{platform}/Refusals", $"{name}.json");
        var connection = PlatformOf(platform, new StubPlatform(_ => StubPlatform.Json(body, (HttpStatusCode)status)));

        var error = await Connected.FailureOfAsync(() => connection.SubmitAsync(Connected.Request("workflow", "w", version: "1"), CancellationToken.None));

        Assert.Equal((status, code, true), (error.StatusCode, error.Code, error.CertainlyNotActedOn));
        using var document = JsonDocument.Parse(body);
        Assert.Contains(SentenceIn(document.RootElement), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadToken_OpensTheFile()
    {
        var far = new StubPlatform(request => request.Method == HttpMethod.Post
            ? StubPlatform.Json(Recorded.Text("Agentic/Answers", "download.json"))
            : StubPlatform.Body(HttpStatusCode.OK, "hello", "text/plain"));

        var file = await PlatformOf("Agentic", far).OpenFileAsync(new ExecutionFile("f", "a b.txt", "/a b.txt", null, null, null), range: null, CancellationToken.None);

        using var reader = new StreamReader(file.Body);
        Assert.Equal("hello", await reader.ReadToEndAsync());
        Assert.EndsWith("files/download?file_name=a%20b.txt&download-token=dl_5f0c8a523f0e4f6e9a6d", far.Requests[^1].Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UploadToken_TakesTheFileBeforeTheStart()
    {
        const string Input = """{ "variables": [ { "step_id": "s", "variable_name": "document", "variable_type": "File", "variable_value": { "file_name": "in.txt", "content_base64": "aGVsbG8=" } } ] }""";
        var far = new StubPlatform(async (request, cancellation) =>
            request.RequestUri!.AbsolutePath.EndsWith("/files/upload", StringComparison.Ordinal) ? StubPlatform.Json("{}")
            : StubPlatform.Json(Recorded.Text("Agentic/Answers", (await request.Content!.ReadAsStringAsync(cancellation)).Contains("fileUploadToken", StringComparison.Ordinal) ? "upload.json" : "started.json")));

        var started = await PlatformOf("Agentic", far).SubmitAsync(Connected.Request("flow", "f", Input), CancellationToken.None);

        Assert.Equal("06965877-9e27-7f35-8000-4c2b1f6f2a10", started.RemoteId);
        Assert.EndsWith("files/upload?upload-token=up_5f0c8a523f0e4f6e9a6d", far.Requests[1].Address, StringComparison.Ordinal);
        Assert.Contains("/tenants/t1/execution-1-in.txt", far.Requests[2].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cognite", "token", "detailed")]
    [InlineData("Manifest", "login", "running")]
    public async Task AccessToken_IsWhatRequestsCarry(string platform, string token, string status)
    {
        var given = JsonDocument.Parse(Recorded.Text($"{platform}/Answers", $"{token}.json")).RootElement.GetProperty("access_token").GetString();
        var body = Recorded.Text($"{platform}/Answers", $"{status}.json");
        var far = new StubPlatform(request =>
            request.RequestUri!.AbsolutePath.EndsWith("/token", StringComparison.Ordinal) || request.RequestUri.AbsolutePath.EndsWith("/refresh", StringComparison.Ordinal)
                ? StubPlatform.Json(Recorded.Text($"{platform}/Answers", $"{token}.json"))
            : request.Headers.Authorization?.Parameter == given ? StubPlatform.Json(body)
            : StubPlatform.Json("{}", HttpStatusCode.Unauthorized));
        var connection = platform == "Cognite"
            ? new CognitePlatform().To(far, Connected.Options("cognite", ("project", "p"), ("token_url", "https://idp.test/token"), ("client_id", "c")))
            : new ManifestPlatform([]).To(far, Connected.Options("manifest", ("auth", "jwt")));

        Assert.IsType<PollAnswer.Seen>(await connection.GetDetailAsync(RunIn(platform, body), CancellationToken.None));
    }

    private static TheoryData<string, string> FilesIn(string folder, params string[] without)
    {
        var files = new TheoryData<string, string>();
        foreach (var platform in Platforms)
        {
            foreach (var (name, _) in Recorded.All(Path.Combine(platform, folder)).Where(file => !without.Contains($"{platform}/{file.Name}")))
            {
                files.Add(platform, name);
            }
        }

        return files;
    }

    private static IPlatformConnection PlatformOf(string name, HttpMessageHandler far) => name switch
    {
        "Agentic" => new AgenticPlatform().To(far, Connected.Options("agentic", ("tenant_id", "t1"))),
        "Moderately" => new ModeratelyPlatform().To(far, Connected.Options("moderately", ("team_id", "team-1"))),
        "Manifest" => new ManifestPlatform([]).To(far, Connected.Options("manifest", ("auth", "api_key"))),
        "GloriaMundo" => new GloriaMundoPlatform().To(far),
        _ => new CognitePlatform().To(far, Connected.Options("cognite", ("project", "p"))),
    };

    private static RemoteRun RunIn(string platform, string body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        return new RemoteRun(platform switch
        {
            "Agentic" => root.GetProperty("data").GetProperty("flowExecutionStatus") is { ValueKind: JsonValueKind.Object } status
                ? status.GetProperty("id").GetString()!
                : "06965877-9e27-7f35-8000-4c2b1f6f2a10",
            "Moderately" => root.GetProperty("agentExecutionId").GetString()!,
            "Manifest" => root.GetProperty("execution_id").GetString()!,
            "GloriaMundo" => root.GetProperty("run_id").GetString()!,
            _ => root.GetProperty("id").GetString()!,
        });
    }

    private static string SentenceIn(JsonElement body) =>
        body.TryGetProperty("errors", out var errors) ? errors[0].GetProperty("message").GetString()!
        : body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error.GetProperty("message").GetString()!
        : body.GetProperty("message").GetString()!;
}
