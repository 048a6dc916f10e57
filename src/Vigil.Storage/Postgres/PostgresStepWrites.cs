using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>The statements that write the states of steps, many at a time.</summary>
internal static class PostgresStepWrites
{
    private const string InsertSql =
        """
        INSERT INTO vigil.steps (id, execution_id, etag, version, json)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[])
        ON CONFLICT DO NOTHING RETURNING id, etag
        """;

    private const string UpdateSql =
        """
        UPDATE vigil.steps s SET etag = a.etag, json = a.json, version = a.version
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[]) AS a (id, expected, etag, version, json)
        WHERE s.id = a.id AND s.etag = a.expected
        RETURNING s.id, s.etag
        """;

    /// <summary>Adds first writes of different steps.</summary>
    public static void Insert(PostgresBatch batch, IReadOnlyList<StepWrite> writes, Action<NpgsqlDataReader> written) => batch.Add(
        InsertSql,
        written,
        Texts(writes.Select(write => write.Id)),
        Texts(writes.Select(write => write.ExecutionId)),
        Numbers(writes.Select(_ => StoreValues.NewETag())),
        Numbers(writes.Select(write => write.Version)),
        Blobs(writes.Select(write => write.Json)));

    /// <summary>Adds later writes of different steps.</summary>
    public static void Update(PostgresBatch batch, IReadOnlyList<StepWrite> writes, Action<NpgsqlDataReader> written) => batch.Add(
        UpdateSql,
        written,
        Texts(writes.Select(write => write.Id)),
        Numbers(writes.Select(write => StoreValues.ETag(write.ExpectedETag!))),
        Numbers(writes.Select(_ => StoreValues.NewETag())),
        Numbers(writes.Select(write => write.Version)),
        Blobs(writes.Select(write => write.Json)));
}
