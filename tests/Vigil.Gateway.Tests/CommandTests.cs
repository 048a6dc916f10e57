using System.Net;

namespace Vigil.Gateway.Tests;

[Collection(VigilAppCollection.Name)]
public sealed class CommandTests(VigilApp app)
{
    [Fact]
    public async Task Abandon_RunningExecution_EndsTheWatching()
    {
        var id = await app.StartAsync("slow-10m");

        var (status, _) = await app.PostAsync($"/v1/executions/{id}/abandon", """{"reason":"not needed any more"}""");
        var (_, body) = await app.GetAsync($"/v1/executions/{id}");

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal("abandoned", (string?)body["status"]);
        Assert.Equal("not needed any more", (string?)body["failure"]!["detail"]);
    }

    [Fact]
    public async Task Abandon_Twice_IsNoError()
    {
        var id = await app.StartAsync("slow-10m");
        await app.PostAsync($"/v1/executions/{id}/abandon", "");

        var (status, _) = await app.PostAsync($"/v1/executions/{id}/abandon", "");

        Assert.Equal(HttpStatusCode.Accepted, status);
    }

    [Fact]
    public async Task Cancel_WhereThePlatformCannot_IsRefused()
    {
        var id = await app.StartAsync("slow-10m");

        // Once it runs there: a queued start can be cancelled on every platform.
        await app.RunAsync(id);
        var (status, body) = await app.PostAsync($"/v1/executions/{id}/cancel", "");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("cancel_not_supported", (string?)body["code"]);
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("abandon")]
    public async Task Command_OnAFinishedExecution_Conflicts(string command)
    {
        var id = await app.StartAsync("ok-5s");
        await app.EndAsync(id);

        var (status, body) = await app.PostAsync($"/v1/executions/{id}/{command}", "");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("execution_finished", (string?)body["code"]);
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("abandon")]
    [InlineData("nudge")]
    public async Task Command_OnAnUnknownExecution_IsNotFound(string command)
    {
        var (status, _) = await app.PostAsync($"/v1/executions/unknown/{command}", "");

        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task Cancel_WithAnUnknownField_NamesIt()
    {
        var id = await app.StartAsync("slow-10m");

        var (status, body) = await app.PostAsync($"/v1/executions/{id}/cancel", """{"why":"x"}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["why"], VigilApp.FieldsOf(body));
    }

    [Fact]
    public async Task Nudge_OfAnyRun_TellsNothing()
    {
        var (status, body) = await app.PostAsync("/v1/nudges/gloriamundo/unknown", "");

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Empty(body.AsObject());
    }

    [Fact]
    public async Task Adopt_UnknownRun_IsNotFound()
    {
        var (status, body) = await app.PostAsync("/v1/executions/adopt", """{"connection":"gloriamundo","remote_id":"unknown"}""");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("remote_run_not_found", (string?)body["code"]);
    }

    [Fact]
    public async Task Adopt_RunThatIsWatchedAlready_ReturnsItsExecution()
    {
        var id = await app.StartAsync("slow-10m");
        var remoteId = (string?)(await app.RunAsync(id))["remote_id"];

        var (status, body) = await app.PostAsync("/v1/executions/adopt", $$"""{"connection":"gloriamundo","remote_id":"{{remoteId}}"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(id, (string?)body["id"]);
    }
}
