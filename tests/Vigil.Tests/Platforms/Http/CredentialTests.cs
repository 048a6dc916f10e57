using System.Net;
using Microsoft.Extensions.Time.Testing;
using Vigil.Platforms;
using Vigil.Platforms.GloriaMundo;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Http;

public sealed class CredentialTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"vigil-credential-{Guid.NewGuid():N}");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task File_ThatChanges_IsReadAgainWithinASecond()
    {
        await File.WriteAllTextAsync(_file, "first\n");
        var far = new StubPlatform(_ => StubPlatform.Json(StubPlatform.Refusal, HttpStatusCode.NotFound));
        var connection = Open(far);

        await connection.GetDetailAsync(new("r"), CancellationToken.None);
        await File.WriteAllTextAsync(_file, "second\n");
        await connection.GetDetailAsync(new("r"), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        await connection.GetDetailAsync(new("r"), CancellationToken.None);

        Assert.Equal(["first", "first", "second"], SecretsSent(far));
    }

    [Fact]
    public async Task Refused_IsReadAgainAndSentOnceMore()
    {
        await File.WriteAllTextAsync(_file, "old");
        var far = new StubPlatform(request => request.Headers.Authorization?.Parameter == "new"
            ? StubPlatform.Json(Recorded.Text("GloriaMundo/Answers", "started.json"))
            : StubPlatform.Json("{}", HttpStatusCode.Unauthorized));
        var connection = Open(far);
        await Connected.FailureOfAsync(() => connection.SubmitAsync(Connected.Request("workflow", "w"), CancellationToken.None));

        await File.WriteAllTextAsync(_file, "new");
        await connection.SubmitAsync(Connected.Request("workflow", "w", """{"a":1}"""), CancellationToken.None);

        Assert.Equal(["old", "old", "new"], SecretsSent(far));
        Assert.Equal("""{"input":{"a":1}}""", far.Requests[^1].Body);
    }

    [Theory]
    [InlineData("simulated", "A simulated fault", "A simulated fault")]
    [InlineData("platform", "The platforms are busy", "The platforms are busy")]
    [InlineData("simulated", "unknown token simulated", "unknown token ***")]
    [InlineData("simulated", "Bearer simulated was refused, 'simulated'", "Bearer *** was refused, '***'")]
    [InlineData("ab12", "ab123 and ab12, xab12", "ab123 and ***, xab12")]
    [InlineData("abcd-1234", "in/abcd-12345/path", "in/***5/path")]
    [InlineData("Qxvzqwrtplkjhgfd", "xQxvzqwrtplkjhgfdx", "x***x")]
    [InlineData("42", "HTTP 42", "HTTP 42")]
    public void Redact_ReplacesSecretsAndNoWords(string secret, string text, string expected) => Assert.Equal(expected, Credential.Redact(text, secret));

    [Theory]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task File_ThatBecomesUnusable_LeavesTheLastSecretInForce(string content)
    {
        await File.WriteAllTextAsync(_file, "good");
        var far = new StubPlatform(_ => StubPlatform.Json(StubPlatform.Refusal, HttpStatusCode.NotFound));
        var connection = Open(far);
        await connection.GetDetailAsync(new("r"), CancellationToken.None);

        await File.WriteAllTextAsync(_file, content);
        _time.Advance(TimeSpan.FromSeconds(2));
        await connection.GetDetailAsync(new("r"), CancellationToken.None);

        Assert.Equal(["good", "good"], SecretsSent(far));
    }

    private Vigil.Platforms.IPlatformConnection Open(StubPlatform far) =>
        new GloriaMundoPlatform().To(far, Connected.Options("gloriamundo") with { Credential = null, CredentialFile = _file }, _time);

    private static IEnumerable<string> SecretsSent(StubPlatform far) =>
        far.Requests.Select(request => request.Headers.Split('\n').First(line => line.StartsWith("Authorization", StringComparison.Ordinal)).Split(' ')[^1].Trim());
}
