namespace Vigil.Gateway.Api;

/// <summary>The query of a list of executions.</summary>
internal sealed record ExecutionListQuery(ExecutionQuery Value) : IQueryRequest<ExecutionListQuery>
{
    private static readonly (string, ExecutionOrder)[] Orders =
        [("accepted_at", ExecutionOrder.AcceptedAt), ("created_at", ExecutionOrder.AcceptedAt), ("ended_at", ExecutionOrder.EndedAt)];

    public static ExecutionListQuery Read(QueryReader query) => new(new ExecutionQuery
    {
        Statuses = query.Statuses("status", "Only these statuses, in Vigil's words or in the platform's."),
        Connection = query.Text("connection", "Only executions of this connection."),
        Attention = query.Flag("attention", "true: only executions that need attention; false: only those that do not."),
        TargetId = query.Either("target", "agent_id", "Only executions of the target with this id."),
        Page = (int?)query.Integer("page", $"The number of the page, from 1 and up to row {ExecutionQuery.MaxRow}; not together with cursor.", 1, ExecutionQuery.MaxRow),
        PageSize = query.PageSize(RequestLimits.MaxPageSize, 50),
        Cursor = query.Cursor(),
        OrderBy = query.Word("order_by", "The time to order by; created_at is another name of accepted_at, and ended_at lists only executions that have an end.", Orders),
        Ascending = query.Word("order_direction", "Whether the newest (desc) or the oldest (asc) come first.", ("desc", false), ("asc", true)),
    });
}

/// <summary>The query of a page of steps.</summary>
internal sealed record StepListQuery(int PageSize, string? Cursor) : IQueryRequest<StepListQuery>
{
    public static StepListQuery Read(QueryReader query) => new(query.PageSize(StepList.MaxPageSize, StepList.DefaultPageSize), query.Cursor());
}

/// <summary>The query of a list of a platform's runs.</summary>
internal sealed record RunListQuery(RunFilter Filter, int PageSize, string? Cursor) : IQueryRequest<RunListQuery>
{
    public static RunListQuery Read(QueryReader query) => new(RunFields.ReadFilter(query), query.PageSize(RequestLimits.MaxPageSize, 50), query.Cursor());
}

/// <summary>The query of a wait.</summary>
internal sealed record WaitQuery(TimeSpan? Wait, long? SinceVersion) : IQueryRequest<WaitQuery>
{
    public static WaitQuery Read(QueryReader query) => new(
        query.Duration("wait", "How long to wait for the end.", RequestLimits.MaxWait),
        query.Integer("since_version", "Answers also once the version differs from this one.", 0, long.MaxValue));
}

/// <summary>The parameters that all lists have.</summary>
internal static class PageParameters
{
    public static int PageSize(this QueryReader query, int max, int defaultSize) =>
        (int)(query.Integer("page_size", "The most items that the answer has.", 1, max, defaultSize) ?? defaultSize);

    public static string? Cursor(this QueryReader query) => query.Text("cursor", "The next_cursor of the page before; without it, the first page.");
}
