using System.Net.ServerSentEvents;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;
using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/events</c> and <c>/v1/executions/{id}/events</c>: stored events as server-sent events.</summary>
internal static class EventsApi
{
    private const string Resume =
        "Each event has the type of the stored event as its event, its sequence number as its id, and {id, seq, type, at, execution} as its data. The header "
        + "Last-Event-ID, or after, continues after a sequence number. An event 'heartbeat' comes first and then at least every 15 seconds; its id continues too. An event "
        + "'gap' with {after, next} says that events are missing because they are not kept any more, or because the store was restored from a backup. A slow reader "
        + "falls behind and misses nothing.";

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        var events = routes.MapGroup("/v1").WithTags("events");
        events.MapGet("/events", AllAsync)
            .WithSummary("Streams the events of all executions, by default from now on.")
            .WithDescription(Resume)
            .WithQuery("after", JsonSchemaType.Integer, "The sequence number of the last event that was seen; 0 for all that are kept.")
            .WithQuery("type", JsonSchemaType.Array, $"Only these types: {string.Join(", ", ExecutionEventTypes.All)}.")
            .WithQuery("status", JsonSchemaType.Array, "Only events in which the execution has one of these statuses.")
            .WithQuery("connection", JsonSchemaType.String, "Only executions of this connection.")
            .WithQuery("platform", JsonSchemaType.String, "Only executions of this platform.")
            .WithQuery("target_kind", JsonSchemaType.String, "Only executions of targets of this kind.")
            .WithQuery("target", JsonSchemaType.String, "Only executions of the target with this id.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        events.MapGet("/executions/{id}/events", OfOneAsync)
            .WithSummary("Streams the events of an execution, from the first one on, until it has ended.")
            .WithDescription($"{Resume} The last event is 'end'. If it has ended and nothing is left to tell, the answer is 204, which keeps a browser from asking again.")
            .WithQuery("after", JsonSchemaType.Integer, "The sequence number of the last event that was seen.")
            .WithQuery("after_version", JsonSchemaType.Integer, "The version of the execution that was seen.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<ServerSentEventsResult<string>> AllAsync(
        HttpContext context, ExecutionGateway gateway, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var after = ReadAfter(context, query);
        var filter = new EventFilter
        {
            Types = query.Texts("type"),
            Statuses = query.Statuses("status"),
            Connection = query.Text("connection"),
            Platform = query.Text("platform"),
            TargetKind = query.Text("target_kind"),
            TargetId = query.Text("target"),
        };
        query.Add(RequestLimits.Check(filter));
        query.ThrowIfInvalid();
        var start = after ?? await gateway.ReadLastSeqAsync(cancellationToken);
        var stream = new EventStream(start, start, page => page.Next, time, lifetime.ApplicationStopping);
        return Stream(context, stream, gateway.ReadEventPagesAsync(filter, start, CancellationToken.None));
    }

    private static async Task<Results<ServerSentEventsResult<string>, NoContent>> OfOneAsync(
        HttpContext context, string id, ExecutionGateway gateway, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var after = ReadAfter(context, query) ?? 0;
        var version = query.Integer("after_version", 0, long.MaxValue) ?? 0;
        query.ThrowIfInvalid();
        if (await gateway.ReadEventsAsync(id, version, after, cancellationToken) is { IsEnd: true })
        {
            return TypedResults.NoContent();
        }

        // Where its own next event will be in the sequence of all is not known before it is there.
        var stream = new EventStream(after, version, page => page.Events.LastOrDefault()?.Seq, time, lifetime.ApplicationStopping);
        return Stream(context, stream, gateway.ReadEventPagesAsync(id, version, after, CancellationToken.None));
    }

    // A browser repeats the address, with the parameter it began with, and adds the header.
    private static long? ReadAfter(HttpContext context, QueryReader query)
    {
        var after = query.Integer("after", 0, long.MaxValue);
        if (context.Request.Headers["Last-Event-ID"] is not [{ Length: > 0 } text, ..])
        {
            return after;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            return last;
        }

        query.Add(new FieldError("Last-Event-ID", "must be the id of an event: a whole number from 0."));
        return null;
    }

    private static ServerSentEventsResult<string> Stream(HttpContext context, EventStream stream, IAsyncEnumerable<EventPage> pages)
    {
        // The answer to HEAD has no body, so nothing would notice that nobody reads it.
        var items = HttpMethods.IsHead(context.Request.Method) ? AsyncEnumerable.Empty<SseItem<string>>() : stream.ItemsAsync(pages, context.RequestAborted);
        return TypedResults.ServerSentEvents(items);
    }
}
