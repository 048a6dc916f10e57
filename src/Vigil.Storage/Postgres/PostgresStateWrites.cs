using Vigil.Storage.Writing;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>The statements that write the states of steps and of other grains, many at a time.</summary>
internal static class PostgresStateWrites
{
    private const string InsertSteps =
        """
        INSERT INTO vigil.steps (id, execution_id, etag, json) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[])
        ON CONFLICT DO NOTHING RETURNING id, etag
        """;

    private const string InsertOthers =
        """
        INSERT INTO vigil.states (id, etag, json) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[]) ON CONFLICT DO NOTHING RETURNING id, etag
        """;

    /// <summary>Adds first writes of different states of one kind.</summary>
    public static void Insert(PostgresBatch batch, StateKind kind, IReadOnlyList<StateWrite> writes, Action<string, long> written)
    {
        var ids = Texts(writes.Select(write => write.Key.Id));
        var etags = Numbers(writes.Select(_ => StoreValues.NewETag()));
        var json = Blobs(writes.Select(write => write.Json));
        if (kind == StateKind.Step)
        {
            var executions = Texts(writes.Select(write => write.Key.Id[..write.Key.Id.IndexOf('/')]));
            batch.Add(InsertSteps, result => ReadWritten(result, written), ids, executions, etags, json);
        }
        else
        {
            batch.Add(InsertOthers, result => ReadWritten(result, written), ids, etags, json);
        }
    }

    /// <summary>Adds later writes of different states of one kind.</summary>
    public static void Update(PostgresBatch batch, StateKind kind, IReadOnlyList<StateWrite> writes, Action<string, long> written) => batch.Add(
        $"""
        UPDATE {Table(kind)} s SET etag = a.etag, json = a.json
        FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[]) AS a (id, expected, etag, json) WHERE s.id = a.id AND s.etag = a.expected
        RETURNING s.id, s.etag
        """,
        result => ReadWritten(result, written),
        Texts(writes.Select(write => write.Key.Id)),
        Numbers(writes.Select(write => StoreValues.ETag(write.ExpectedETag!))),
        Numbers(writes.Select(_ => StoreValues.NewETag())),
        Blobs(writes.Select(write => write.Json)));

    /// <summary>Adds a removal.</summary>
    public static void Delete(PostgresBatch batch, ClearState clear, Action gone) => batch.Add(
        $"DELETE FROM {Table(clear.Key.Kind)} WHERE id = $1 AND etag = $2 RETURNING id",
        result => ReadGone(result, gone),
        Text(clear.Key.Id),
        Number(StoreValues.ETag(clear.ExpectedETag ?? "")));

    public static string Table(StateKind kind) => kind switch
    {
        StateKind.Execution => "vigil.executions",
        StateKind.Step => "vigil.steps",
        _ => "vigil.states",
    };
}
