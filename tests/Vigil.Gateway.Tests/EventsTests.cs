using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace Vigil.Gateway.Tests;

/// <summary>Server-sent events.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class EventsTests(VigilApp app)
{
    [Fact]
    public async Task EventsOfAnExecution_AreStreamedFromItsFirstToItsEnd()
    {
        var id = await app.StartAsync("ok-5s");

        var items = await ReadAsync($"/v1/executions/{id}/events").ToArrayAsync();

        Assert.Equal(("heartbeat", "0"), (items[0].EventType, items[0].EventId));
        Assert.Equal("end", items[^1].EventType);
        var events = items[1..^1];
        Assert.Equal(ExecutionEventTypes.Accepted, events[0].EventType);
        Assert.Contains(events, item => item.EventType == ExecutionEventTypes.Ended);
        Assert.All(events, item =>
        {
            var data = JsonNode.Parse(item.Data)!;
            Assert.Equal((item.EventType, item.EventId, id), ((string?)data["type"], data["seq"]!.ToJsonString(), (string?)data["execution"]!["id"]));
            Assert.Equal($"{id}/{data["execution"]!["version"]}", (string?)data["id"]);
        });
    }

    [Fact]
    public async Task EventsOfAnExecution_FromWhereTheReaderWas_GoOnThere()
    {
        var id = await app.StartAsync("ok-5s");
        var all = await ReadAsync($"/v1/executions/{id}/events").ToArrayAsync();

        var byHeader = await ReadAsync($"/v1/executions/{id}/events?after=1", lastId: all[2].EventId).ToArrayAsync();
        var bySeq = await ReadAsync($"/v1/executions/{id}/events?after={all[2].EventId}").ToArrayAsync();

        Assert.Equal(all[3].EventId, byHeader[1].EventId);
        Assert.Equal(byHeader.Select(item => item.EventId), bySeq.Select(item => item.EventId));
        await app.EndAsync(id);
        using var ended = await app.Http.GetAsync(new Uri($"/v1/executions/{id}/events?after_version={(await app.GetAsync($"/v1/executions/{id}")).Body["version"]}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    [Fact]
    public async Task EventsOfAll_OfAFilter_AreStreamedAfterANumber()
    {
        var (id, other) = (await app.StartAsync("fail-5s"), await app.StartAsync("ok-5s"));
        var before = (await ReadAsync($"/v1/executions/{id}/events").FirstAsync(item => item.EventType == ExecutionEventTypes.Accepted)).EventId;

        var item = await ReadAsync($"/v1/events?after={before}&type=execution.ended&status=failed&connection=gloriamundo&platform=gloriamundo&target_kind=workflow&target=fail-5s")
            .FirstAsync(item => item.EventType != "heartbeat");

        Assert.Equal("failed", (string?)JsonNode.Parse(item.Data)!["execution"]!["status"]);
        await app.EndAsync(other);
    }

    [Fact]
    public async Task EventsOfAll_AfterANumberThatIsNotThere_BeginWithAGap()
    {
        var gap = await ReadAsync("/v1/events?after=1000000000").FirstAsync(item => item.EventType != "heartbeat");

        Assert.Equal("gap", gap.EventType);
        var data = JsonNode.Parse(gap.Data)!;
        Assert.Equal(1_000_000_000, (long)data["after"]!);
        Assert.Equal(gap.EventId, data["next"]!.ToJsonString());
    }

    [Fact]
    public async Task EventsOfAll_FromNowOn_BeginWithAHeartbeatThatSaysWhere()
    {
        var id = await app.StartAsync("ok-5s");
        var first = await ReadAsync($"/v1/executions/{id}/events").FirstAsync(item => item.EventType == ExecutionEventTypes.Accepted);

        var heartbeat = await ReadAsync("/v1/events").FirstAsync();

        Assert.Equal("heartbeat", heartbeat.EventType);
        Assert.InRange(long.Parse(heartbeat.EventId!, CultureInfo.InvariantCulture), long.Parse(first.EventId!, CultureInfo.InvariantCulture), long.MaxValue);
    }

    [Theory]
    [InlineData("/v1/events?after=-1&type=ended&status=x&connection=&until=1", "after connection status type until")]
    [InlineData("/v1/executions/any/events?after=x&after_version=-1&type=execution.ended", "after after_version type")]
    public async Task WrongParameters_AreAllNamed(string path, string fields)
    {
        var (status, body) = await app.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(fields.Split(' '), VigilApp.FieldsOf(body));
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/v1/executions/any/events")]
    public async Task LastEventId_ThatIsNone_IsRefused(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", "x");
        using var response = await app.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(["Last-Event-ID"], VigilApp.FieldsOf(JsonNode.Parse(await response.Content.ReadAsStringAsync())!));
    }

    [Fact]
    public async Task UnknownExecution_IsNotFound() =>
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("/v1/executions/unknown/events")).Status);

    private async IAsyncEnumerable<SseItem<string>> ReadAsync(string path, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", lastId is null ? [] : [lastId]);
        using var response = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            yield return item;
        }
    }
}
