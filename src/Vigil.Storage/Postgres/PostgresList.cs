using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Reads a page of executions. It reads one index range per status and merges them, so that the cost does not depend on the filter.
/// </summary>
internal static class PostgresList
{
    public static async Task<ExecutionPage> ReadAsync(
        NpgsqlConnection connection, ExecutionQuery query, PageCursor? cursor, CancellationToken cancellationToken)
    {
        var statuses = PageCursor.StatusesOf(query);
        var rows = await connection.AllAsync(
            Sql(query, statuses.Length, cursor is not null),
            StoreRows.Listed,
            cancellationToken,
            [
                Number(query.PageSize + 1),
                Text(query.Connection),
                Number(cursor?.At ?? 0),
                Number(cursor?.Row ?? 0),
                Text(query.TargetId),
                Number(PageCursor.SkipOf(query)),
                .. statuses.Select(status => Number((int)status)),
            ]);
        return PageCursor.PageOf(query, rows);
    }

    private static string Sql(ExecutionQuery query, int statuses, bool hasCursor)
    {
        var time = query.OrderBy == ExecutionOrder.EndedAt ? "ended_at" : "accepted_at";
        var (direction, after) = query.Ascending ? ("ASC", ">") : ("DESC", "<");
        var order = $"ORDER BY at {direction}, row {direction}";

        // Unused parameters are still mentioned, so that the numbering never changes and the server can infer their types.
        var where = (query.Connection is null ? "$2::text IS NULL " : "connection = $2 ")
            + (query.Attention switch { true => "AND attention IS NOT NULL AND live ", false => "AND (attention IS NULL OR NOT live) ", null => "" })
            + (hasCursor ? $"AND ({time}, row) {after} ($3, $4) " : "AND $3 = $4 ")
            + (query.TargetId is null ? "AND $5::text IS NULL " : "AND target_id = $5 ")
            + (query.OrderBy == ExecutionOrder.EndedAt ? "AND ended_at IS NOT NULL " : "");
        var ranges = statuses == 0 ? [Range("")] : Enumerable.Range(0, statuses).Select(i => Range($"AND status = ${7 + i} "));
        return $"""
            SELECT e.id, e.json, e.etag, found.at, e.row FROM (
                SELECT * FROM ({string.Join(" UNION ALL ", ranges)}) AS ranges {order} LIMIT $1 OFFSET $6) AS found
            JOIN vigil.executions e ON e.id = found.id
            ORDER BY found.at {direction}, found.row {direction}
            """;

        string Range(string status) =>
            $"(SELECT id, {time} AS at, row FROM vigil.executions WHERE {where}{status}{order} LIMIT $1 + $6)";
    }
}
