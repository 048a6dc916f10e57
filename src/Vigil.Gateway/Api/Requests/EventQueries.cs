namespace Vigil.Gateway.Api;

/// <summary>The query of a stream of the events of all executions.</summary>
internal sealed record EventsQuery(EventFilter Filter, long? After) : IQueryRequest<EventsQuery>
{
    public static EventsQuery Read(QueryReader query)
    {
        var filter = new EventFilter
        {
            Types = query.Texts("type", $"Only these types: {string.Join(", ", ExecutionEventTypes.All)}.", ExecutionEventTypes.All.Length),
            Statuses = query.Statuses("status", "Only events in which the execution has one of these statuses."),
            Connection = query.Text("connection", "Only executions of this connection."),
            Platform = query.Text("platform", "Only executions of this platform."),
            TargetKind = query.Text("target_kind", "Only executions of targets of this kind."),
            TargetId = query.Text("target", "Only executions of the target with this id."),
        };
        query.Add(RequestLimits.Check(filter));
        return new(filter, query.After("The sequence number of the last event that was seen; 0 for all that are kept."));
    }
}

/// <summary>The query of a stream of the events of one execution.</summary>
internal sealed record ExecutionEventsQuery(long After, long AfterVersion) : IQueryRequest<ExecutionEventsQuery>
{
    public static ExecutionEventsQuery Read(QueryReader query) => new(
        query.After("The sequence number of the last event that was seen.") ?? 0,
        query.Integer("after_version", "The version of the execution that was seen.", 0, long.MaxValue) ?? 0);
}

/// <summary>The parameters that all streams of events have.</summary>
internal static class EventParameters
{
    // A browser repeats the address, with the parameter it began with, and adds the header.
    public static long? After(this QueryReader query, string description)
    {
        var after = query.Integer("after", description, 0, long.MaxValue);
        return query.Header("Last-Event-ID", "The id of the last event that was seen; it is taken before after.") ?? after;
    }
}
