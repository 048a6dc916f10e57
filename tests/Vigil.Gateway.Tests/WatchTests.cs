using System.Net;

namespace Vigil.Gateway.Tests;

[Collection(VigilAppCollection.Name)]
public sealed class WatchTests(VigilApp app)
{
    [Fact]
    public async Task Wait_UntilTheEnd_ReturnsTheOutcome()
    {
        var id = await app.StartAsync("ok-5s");

        var body = await app.EndAsync(id);

        Assert.Equal("succeeded", (string?)body["status"]);
        Assert.Equal("completed", (string?)body["raw_status"]);
        Assert.Equal(5, body["steps"]!.AsArray().Count);
        Assert.NotNull(body["output"]);
        Assert.NotNull(body["ended_at"]);
        Assert.True((long)body["lag_ms"]! >= 0);
    }

    [Fact]
    public async Task Wait_OfAFailingRun_TellsTheReason()
    {
        var id = await app.StartAsync("fail-5s");

        var body = await app.EndAsync(id);

        Assert.Equal("failed", (string?)body["status"]);
        Assert.NotEmpty((string)body["failure"]!["reason"]!);
        Assert.Equal("failed", (string?)body["steps"]!.AsArray()[^1]!["status"]);
    }

    [Fact]
    public async Task Wait_TimeUp_ReturnsWhatIsThere()
    {
        var id = await app.StartAsync("slow-10m");

        var (status, body) = await app.GetAsync($"/v1/executions/{id}?wait=200ms");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.False((bool)body["terminal"]!);
    }

    [Theory]
    [InlineData("wait=NaN")]
    [InlineData("wait=Infinity")]
    [InlineData("wait=-Infinity")]
    [InlineData("wait=99999999999999999999s")]
    [InlineData("wait=-1")]
    [InlineData("wait=61s")]
    [InlineData("wait=%00")]
    [InlineData("wait=1&wait=2")]
    [InlineData("since_version=9223372036854775808")]
    [InlineData("since_version=-1")]
    public async Task Wait_ForWhatIsNoTimeOrVersion_IsRefused(string query)
    {
        var (status, body) = await app.GetAsync($"/v1/executions/unknown?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([query.Split('=')[0]], VigilApp.FieldsOf(body));
    }

    [Fact]
    public async Task Wait_SinceVersion_ReturnsAtTheNextChange()
    {
        var id = await app.StartAsync("slow-10m");

        var (_, body) = await app.GetAsync($"/v1/executions/{id}?wait=60&since_version=1");

        Assert.NotEqual(1, (long)body["version"]!);
        Assert.False((bool)body["terminal"]!);
    }

    [Theory]
    [InlineData("wait=soon", "wait")]
    [InlineData("wait=61s", "wait")]
    [InlineData("wait=-1", "wait")]
    [InlineData("since_version=x", "since_version")]
    [InlineData("until=x", "until")]
    public async Task Get_BadQuery_NamesTheParameter(string query, string field)
    {
        var (status, body) = await app.GetAsync($"/v1/executions/any?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([field], VigilApp.FieldsOf(body));
    }

    [Theory]
    [InlineData("/v1/executions/unknown")]
    [InlineData("/v1/executions/unknown?wait=1s")]
    [InlineData("/v1/executions/unknown/steps")]
    public async Task Get_UnknownId_IsNotFound(string path)
    {
        var (status, body) = await app.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("execution_not_found", (string?)body["code"]);
    }

    [Fact]
    public async Task Get_MalformedId_IsRefused()
    {
        var (status, body) = await app.GetAsync("/v1/executions/a%20b");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["id"], VigilApp.FieldsOf(body));
    }
}
