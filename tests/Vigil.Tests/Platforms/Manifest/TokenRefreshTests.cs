using System.Buffers.Text;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigil.Platforms;
using Vigil.Platforms.Manifest;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Manifest;

public sealed class TokenRefreshTests
{
    private const string RunId = "5f0c8a52-3f0e-4f6e-9a6d-0c5f6f1b2c3d";

    private readonly FakeTimeProvider _time = new();
    private readonly Handler _handler = new();
    private string _accepted = "";
    private HttpStatusCode _refreshStatus = HttpStatusCode.OK;
    private int _refreshes;

    [Fact]
    public async Task Refresh_BeforeTheTokenRunsOut_IsUsedByAllThatFollowsAndHandedToTheHost()
    {
        var first = Token(TimeSpan.FromHours(1));
        _accepted = first;
        var far = Far();
        var connection = Connect(far, first);
        await connection.SeenAsync(RunId);

        _time.Advance(TimeSpan.FromMinutes(59));
        await connection.SeenAsync(RunId);
        await connection.SeenAsync(RunId);

        Assert.Equal(1, _refreshes);
        Assert.Equal([("manifest", _accepted)], _handler.Told);
        Assert.NotEqual(first, _accepted);
        Assert.Equal(
            [("GET", first), ("POST", first), ("GET", _accepted), ("GET", _accepted)],
            far.Requests.Select(request => (request.Method, BearerOf(request.Headers))));
        Assert.Equal("https://platform.test/api/v1/auth/refresh", far.Requests[1].Address);
    }

    [Fact]
    public async Task Refresh_AfterARefusal_SendsTheRequestOnceMore()
    {
        var connection = Connect(Far(), "opaque-token");
        _accepted = "something else";

        Assert.Equal(ExecutionStatus.Succeeded, (await connection.SeenAsync(RunId)).Status);
        Assert.Equal((1, 1), (_refreshes, _handler.Told.Count));
    }

    [Fact]
    public async Task Refresh_Refused_IsACredentialErrorWithoutTheSecretAndStartsNothing()
    {
        _refreshStatus = HttpStatusCode.BadRequest;
        var far = Far();
        var connection = Connect(far, "opaque-token");

        var error = await Connected.FailureOfAsync(() => connection.SubmitAsync(Connected.Request("agent", "a"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Credential, true), (error.Kind, error.CertainlyNotActedOn));
        Assert.DoesNotContain("opaque-token", error.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Told);
    }

    [Fact]
    public async Task Refresh_ThatIsSwitchedOff_LeavesTheRefusal()
    {
        var far = Far();
        var connection = Connect(far, "opaque-token", ("refresh_path", ""));

        var error = await Connected.FailureOfAsync(() => connection.SubmitAsync(Connected.Request("agent", "a"), CancellationToken.None));

        Assert.Equal((PlatformErrorKind.Credential, 401, true), (error.Kind, error.StatusCode, error.CertainlyNotActedOn));
        Assert.Single(far.Requests);
    }

    [Fact]
    public async Task Refresh_HandlerThatFails_ChangesNothing()
    {
        _handler.Failure = new InvalidOperationException("full disk");
        _accepted = "something else";

        Assert.Equal(ExecutionStatus.Succeeded, (await Connect(Far(), "opaque-token").SeenAsync(RunId)).Status);
    }

    [Fact]
    public async Task Refresh_ConfiguredTokenThatChanges_WinsOverTheRefreshedOne()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "first");
            var options = Connected.Options("manifest") with { Credential = null, CredentialFile = file };
            var far = Far();
            var connection = new ManifestPlatform([_handler]).To(far, options, _time);
            _accepted = "something else";
            await connection.SeenAsync(RunId);
            Assert.Equal(1, _refreshes);

            await File.WriteAllTextAsync(file, "second");
            _accepted = "second";
            _time.Advance(TimeSpan.FromSeconds(2));
            await connection.SeenAsync(RunId);

            Assert.Equal(1, _refreshes);
            Assert.Equal("second", BearerOf(far.Requests[^1].Headers));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private StubPlatform Far() => new(request =>
    {
        if (request.RequestUri!.AbsolutePath == "/api/v1/auth/refresh")
        {
            _refreshes++;
            if (_refreshStatus != HttpStatusCode.OK)
            {
                return StubPlatform.Json($$"""{ "error": "The token {{request.Headers.Authorization!.Parameter}} is spent" }""", _refreshStatus);
            }

            _accepted = Token(TimeSpan.FromHours(1));
            return StubPlatform.Json($$"""{ "access_token": "{{_accepted}}" }""");
        }

        return request.Headers.Authorization?.Parameter == _accepted
            ? StubPlatform.Json(Recorded.Text("Manifest/Answers", "completed.json"))
            : StubPlatform.Json("""{ "detail": "Invalid token" }""", HttpStatusCode.Unauthorized);
    });

    private IPlatformConnection Connect(StubPlatform far, string token, params (string, string)[] settings) =>
        new ManifestPlatform([_handler]).To(far, Connected.Options("manifest", settings) with { Credential = token }, _time);

    private string Token(TimeSpan life)
    {
        var claims = $$"""{ "iat": {{_time.GetUtcNow().ToUnixTimeSeconds()}}, "exp": {{(_time.GetUtcNow() + life).ToUnixTimeSeconds()}}, "jti": "{{Guid.NewGuid()}}" }""";
        return $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c2ln";
    }

    private static string BearerOf(string headers) =>
        headers.Split('\n').Single(line => line.StartsWith("Authorization: Bearer ", StringComparison.Ordinal))["Authorization: Bearer ".Length..].Trim();

    private sealed class Handler : ITokenRefreshHandler
    {
        public List<(string Connection, string Token)> Told { get; } = [];

        public Exception? Failure { get; set; }

        public Task OnTokenRefreshedAsync(string connection, string token, CancellationToken cancellationToken)
        {
            Told.Add((connection, token));
            return Failure is null ? Task.CompletedTask : throw Failure;
        }
    }
}
