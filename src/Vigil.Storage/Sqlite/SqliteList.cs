namespace Vigil.Storage.Sqlite;

/// <summary>
/// Reads a page of executions. It reads one index range per status and merges them; with a single range, SQLite would sort all rows of those statuses to
/// find the newest fifty.
/// </summary>
internal static class SqliteList
{
    public static ExecutionPage Read(SqliteSession session, ExecutionQuery query, PageCursor? cursor)
    {
        var statuses = PageCursor.StatusesOf(query);
        (string, object?)[] values =
        [
            ("$limit", query.PageSize + 1),
            ("$skip", PageCursor.SkipOf(query)),
            ("$connection", query.Connection),
            ("$target", query.TargetId),
            ("$at", cursor?.At),
            ("$row", cursor?.Row),
            .. statuses.Select((status, i) => ($"$status{i}", (object?)(int)status)),
        ];
        return PageCursor.PageOf(query, session.All(Sql(query, statuses.Length, cursor is not null), StoreRows.Listed, values));
    }

    private static string Sql(ExecutionQuery query, int statuses, bool hasCursor)
    {
        var time = query.OrderBy == ExecutionOrder.EndedAt ? "ended_at" : "accepted_at";
        var (direction, after) = query.Ascending ? ("ASC", ">") : ("DESC", "<");
        var order = $"ORDER BY at {direction}, row {direction}";
        var where = $"{time} IS NOT NULL "

            // The plus keeps the index of the connection from being preferred to the one of the target, which has fewer rows.
            + (query.Connection is null ? "" : query.TargetId is null ? "AND connection = $connection " : "AND +connection = $connection ")
            + (query.TargetId is not null ? "AND target_id = $target " : "")
            + (query.Attention switch { true => "AND attention IS NOT NULL ", false => "AND attention IS NULL ", null => "" })
            + (hasCursor ? $"AND ({time}, row) {after} ($at, $row) " : "");
        var ranges = statuses == 0 ? [Range("")] : Enumerable.Range(0, statuses).Select(i => Range($"AND status = $status{i} "));

        // The page is cut before the rows themselves are read.
        return $"""
            SELECT e.id, e.json, e.etag, found.at, e.row
            FROM (SELECT * FROM ({string.Join(" UNION ALL ", ranges)}) {order} LIMIT $limit OFFSET $skip) AS found
            CROSS JOIN executions e ON e.row = found.row
            ORDER BY found.at {direction}, found.row {direction}
            """;

        string Range(string status) =>
            $"SELECT * FROM (SELECT {time} AS at, row FROM executions WHERE {where}{status}{order} LIMIT $limit + $skip)";
    }
}
