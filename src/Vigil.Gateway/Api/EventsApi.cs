using System.Net.ServerSentEvents;
using Microsoft.Extensions.Hosting;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/events</c> and <c>/v1/executions/{id}/events</c>: stored events as server-sent events.</summary>
internal static class EventsApi
{
    private const string Resume =
        "Each event has the type of the stored event as its event, its sequence number as its id, and {id, seq, type, at, execution} as its data. The header "
        + "Last-Event-ID, or after, continues after a sequence number. An event 'heartbeat' comes first and then at least every 15 seconds while the cluster answers; its id continues too. An event "
        + "'gap' with {after, next} says that events are missing because they are not kept any more, or because the store was restored from a backup. A slow reader "
        + "falls behind and misses nothing.";

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/v1").WithTags("events").WithMetadata(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Stream), ["text/event-stream"]) { Description = "Server-sent events; the data of each stored event is an ExecutionEvent." });
        events.MapGet("/events", StreamEventsAsync)
            .WithSummary("Streams the events of all executions, by default from now on.")
            .WithDescription(Resume);
        events.MapGet("/executions/{id}/events", StreamExecutionEventsAsync)
            .WithSummary("Streams the events of an execution, from the first one on, until it has ended.")
            .WithDescription($"{Resume} The last event is 'end'. If it has ended and nothing is left to tell, the answer is 204, which keeps a browser from asking again.")
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status204NoContent, typeof(void)) { Description = "Nothing is left to tell." })
            .Fails(ProblemCodes.ExecutionNotFound);
    }

    private static async Task<IResult> StreamEventsAsync(
        HttpContext context, Query<EventsQuery> query, ExecutionGateway gateway, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var (filter, after) = query.Read();
        var start = after ?? await gateway.ReadLastSeqAsync(cancellationToken);
        var stream = new EventStream(start, start, page => page.Next, time, lifetime.ApplicationStopping);
        return Stream(context, stream, gateway.ReadEventPagesAsync(filter, start, CancellationToken.None));
    }

    private static async Task<IResult> StreamExecutionEventsAsync(
        HttpContext context,
        string id,
        Query<ExecutionEventsQuery> query,
        ExecutionGateway gateway,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellationToken)
    {
        var (after, version) = query.Read();
        if (await gateway.ReadEventsAsync(id, version, after, cancellationToken) is { IsEnd: true })
        {
            return TypedResults.NoContent();
        }

        // Where its own next event will be in the sequence of all is not known before it is there.
        var stream = new EventStream(after, version, page => page.Events.LastOrDefault()?.Seq, time, lifetime.ApplicationStopping);
        return Stream(context, stream, gateway.ReadEventPagesAsync(id, version, after, CancellationToken.None));
    }

    private static ServerSentEventsResult<string> Stream(HttpContext context, EventStream stream, IAsyncEnumerable<EventPage> pages)
    {
        // The answer to HEAD has no body, so nothing would notice that nobody reads it.
        var items = HttpMethods.IsHead(context.Request.Method) ? AsyncEnumerable.Empty<SseItem<string>>() : stream.ItemsAsync(pages, context.RequestAborted);
        return TypedResults.ServerSentEvents(items);
    }
}
