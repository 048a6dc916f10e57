using System.Net;

namespace Vigil.Gateway.Tests;

[Collection(VigilAppCollection.Name)]
public sealed class OperationsTests(VigilApp app)
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_OfARunningSilo_IsOk(string path)
    {
        var (status, _) = await app.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Connections_Listed_TellStateAndCadence()
    {
        var (status, body) = await app.GetAsync("/v1/connections");

        Assert.Equal(HttpStatusCode.OK, status);
        var connection = body["items"]!.AsArray().Single(item => (string?)item!["name"] == "gloriamundo")!;
        Assert.Equal("gloriamundo", (string?)connection["platform"]);
        Assert.Equal("active", (string?)connection["state"]);
        Assert.True((double)connection["effective_cadence_seconds"]! > 0);
    }

    [Fact]
    public async Task Connections_Unknown_IsNotFound()
    {
        var (status, _) = await app.PostAsync("/v1/connections/nowhere/pause", "");

        Assert.Equal(HttpStatusCode.NotFound, status);
    }
}
