namespace Vigil.Storage.Sqlite;

/// <summary>
/// Reads a page of executions. It reads one index range per status and merges them; with a single range, SQLite would sort all rows of those statuses to
/// find the newest fifty.
/// </summary>
internal static class SqliteList
{
    public static ExecutionPage Read(SqliteSession session, ExecutionQuery query, PageCursor? cursor)
    {
        var statuses = query.Statuses.Distinct().Order().ToImmutableArray();
        (string, object?)[] values =
        [
            ("$limit", query.PageSize + 1),
            ("$connection", query.Connection),
            ("$accepted", cursor?.AcceptedAt),
            ("$row", cursor?.Row),
            .. statuses.Select((status, i) => ($"$status{i}", (object?)(int)status)),
        ];
        return PageCursor.PageOf(query, session.All(Sql(statuses.Length, query, cursor is not null), StoreRows.Listed, values));
    }

    private static string Sql(int statuses, ExecutionQuery query, bool hasCursor)
    {
        var where = (query.Connection is not null ? "AND connection = $connection " : "")
            + (query.Attention switch { true => "AND attention IS NOT NULL ", false => "AND attention IS NULL ", null => "" })
            + (hasCursor ? "AND (accepted_at, row) < ($accepted, $row) " : "");
        var ranges = statuses == 0
            ? [Range("", where)]
            : Enumerable.Range(0, statuses).Select(i => Range($"AND status = $status{i} ", where));
        return $"""
            SELECT e.id, e.json, e.etag, e.accepted_at, e.row FROM ({string.Join(" UNION ALL ", ranges)}) AS found
            CROSS JOIN executions e ON e.row = found.row
            ORDER BY found.accepted_at DESC, found.row DESC LIMIT $limit
            """;
    }

    private static string Range(string status, string where) =>
        $"SELECT * FROM (SELECT accepted_at, row FROM executions WHERE TRUE {status}{where}ORDER BY accepted_at DESC, row DESC LIMIT $limit)";
}
