using System.Net;

namespace Vigil.Gateway.Tests;

[Collection(VigilAppCollection.Name)]
public sealed class StepsTests(VigilApp app)
{
    [Fact]
    public async Task Steps_OfAFinishedRun_AreWhole()
    {
        var id = await RunAsync();

        var (status, body) = await app.GetAsync($"/v1/executions/{id}/steps");

        Assert.Equal(HttpStatusCode.OK, status);
        var steps = body["items"]!.AsArray();
        Assert.Equal(5, steps.Count);
        Assert.All(steps, step => Assert.Equal("succeeded", (string?)step!["status"]));
        Assert.Equal((5, false, null), ((int)body["steps_total"]!, (bool)body["steps_truncated"]!, (string?)body["next_cursor"]));
    }

    [Fact]
    public async Task Steps_InPages_ComeWithoutGapsOrRepeats()
    {
        var id = await RunAsync();
        var seen = new List<string>();
        var pages = 0;
        string? cursor = null;
        do
        {
            var (status, body) = await app.GetAsync($"/v1/executions/{id}/steps?page_size=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.Equal(HttpStatusCode.OK, status);
            seen.AddRange(body["items"]!.AsArray().Select(step => (string)step!["id"]!));
            cursor = (string?)body["next_cursor"];
            pages++;
        }
        while (cursor is not null);

        Assert.Equal(3, pages);
        Assert.Equal(["1", "2", "3", "4", "5"], seen);
    }

    [Fact]
    public async Task Execution_WithAllItsSteps_SaysThatNoneIsLeftOut()
    {
        var id = await RunAsync();

        var (_, body) = await app.GetAsync($"/v1/executions/{id}");

        Assert.Equal((5, 5, false), (body["steps"]!.AsArray().Count, (int)body["steps_total"]!, (bool)body["steps_truncated"]!));
    }

    [Theory]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=501", "page_size")]
    [InlineData("page_size=many", "page_size")]
    [InlineData("cursor=broken", "cursor")]
    [InlineData("cursor=0123456789abcdef-2", "cursor")]
    [InlineData("status=done", "status")]
    public async Task Steps_BadQuery_NamesTheParameter(string query, string field)
    {
        var id = await app.StartAsync("slow-10m");

        var (status, body) = await app.GetAsync($"/v1/executions/{id}/steps?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([field], VigilApp.FieldsOf(body));
    }

    [Fact]
    public async Task Steps_CursorOfAnotherExecution_IsRefused()
    {
        var (first, second) = (await RunAsync(), await app.StartAsync("slow-10m"));
        var (_, page) = await app.GetAsync($"/v1/executions/{first}/steps?page_size=1");

        var (status, body) = await app.GetAsync($"/v1/executions/{second}/steps?cursor={(string)page["next_cursor"]!}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["cursor"], VigilApp.FieldsOf(body));
    }

    private async Task<string> RunAsync()
    {
        var id = await app.StartAsync("ok-5s");
        await app.GetAsync($"/v1/executions/{id}?wait=30s");
        return id;
    }
}
