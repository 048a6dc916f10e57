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
        var rows = await connection.AllAsync(
            Sql(query, cursor is not null, out var statuses),
            StoreRows.Listed,
            cancellationToken,
            [
                Number(query.PageSize + 1),
                Text(query.Connection),
                Number(cursor?.AcceptedAt ?? 0),
                Number(cursor?.Row ?? 0),
                .. statuses.Select(status => Number((int)status)),
            ]);
        return PageCursor.PageOf(query, rows);
    }

    private static string Sql(ExecutionQuery query, bool hasCursor, out ExecutionStatus[] statuses)
    {
        statuses = [.. query.Statuses.Distinct().Order()];

        // Unused parameters are still mentioned, so that the numbering never changes and the server can infer their types.
        var where = (query.Connection is null ? "$2::text IS NULL " : "connection = $2 ")
            + (query.Attention switch { true => "AND attention IS NOT NULL ", false => "AND attention IS NULL ", null => "" })
            + (hasCursor ? "AND (accepted_at, row) < ($3, $4) " : "AND $3 = $4 ");
        var ranges = statuses.Length == 0 ? [Range(where)] : statuses.Select((_, i) => Range($"{where}AND status = ${5 + i} "));
        return $"""
            SELECT e.id, e.json, e.etag, e.accepted_at, e.row FROM (
                SELECT * FROM ({string.Join(" UNION ALL ", ranges)}) AS ranges ORDER BY accepted_at DESC, row DESC LIMIT $1) AS found
            JOIN vigil.executions e ON e.id = found.id
            ORDER BY found.accepted_at DESC, found.row DESC
            """;
    }

    private static string Range(string where) =>
        $"(SELECT id, accepted_at, row FROM vigil.executions WHERE {where}ORDER BY accepted_at DESC, row DESC LIMIT $1)";
}
