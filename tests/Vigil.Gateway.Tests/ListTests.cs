using System.Net;

namespace Vigil.Gateway.Tests;

[Collection(VigilAppCollection.Name)]
public sealed class ListTests(VigilApp app)
{
    [Fact]
    public async Task List_ByStatus_PagesWithoutGapsOrRepeats()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            var id = await app.StartAsync("slow-10m");
            await app.PostAsync($"/v1/executions/{id}/abandon", "");
            return id;
        }));

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var (status, body) = await app.GetAsync($"/v1/executions?status=abandoned&page_size=2{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.All(body["items"]!.AsArray(), item => Assert.Equal("abandoned", (string?)item!["status"]));
            seen.AddRange(body["items"]!.AsArray().Select(item => (string)item!["id"]!));
            cursor = (string?)body["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Superset(ids.ToHashSet(), seen.ToHashSet());
    }

    [Theory]
    [InlineData("page_size=0", "page_size")]
    [InlineData("page_size=501", "page_size")]
    [InlineData("page_size=many", "page_size")]
    [InlineData("cursor=broken", "cursor")]
    [InlineData("status=done", "status")]
    [InlineData("attention=yes", "attention")]
    [InlineData("colour=red", "colour")]
    [InlineData("page=0", "page")]
    [InlineData("page=21&page_size=500", "page")]
    [InlineData("page=2&cursor=x", "page")]
    [InlineData("order_by=observed_at", "order_by")]
    [InlineData("order_direction=down", "order_direction")]
    [InlineData("target=a&agent_id=b", "agent_id")]
    [InlineData("connection=%00", "connection")]
    [InlineData("connection=a&connection=b", "connection")]
    public async Task List_BadQuery_NamesTheParameter(string query, string field)
    {
        var (status, body) = await app.GetAsync($"/v1/executions?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([field], VigilApp.FieldsOf(body));
    }

    [Fact]
    public async Task List_CursorOfAnotherQuery_IsRefused()
    {
        await app.StartAsync("slow-10m");
        await app.StartAsync("slow-10m");
        var (_, first) = await app.GetAsync("/v1/executions?page_size=1");

        var (status, body) = await app.GetAsync($"/v1/executions?page_size=1&status=failed&cursor={Uri.EscapeDataString((string)first["next_cursor"]!)}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["cursor"], VigilApp.FieldsOf(body));
    }
}
