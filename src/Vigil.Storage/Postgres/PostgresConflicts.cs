using Npgsql;
using Vigil.Storage.Writing;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>Finds out why writes were refused, once they were: a statement that lost a race cannot see the winner.</summary>
internal static class PostgresConflicts
{
    private const string RemoteIdIndex = "executions_remote";

    /// <summary>Returns the write that lost its remote id to a transaction of another silo; null where the error is another one.</summary>
    public static QueuedWrite? OfRace(NpgsqlException error, IReadOnlyList<QueuedWrite> writes) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: RemoteIdIndex } && writes is [WriteState single] ? single : null;

    /// <summary>Refuses these writes, saying what stands in their way. A removal of what is not there and was not to be there is none.</summary>
    public static void Explain(NpgsqlConnection connection, IReadOnlyCollection<QueuedWrite> refused)
    {
        using var batch = new PostgresBatch(connection);
        foreach (var write in refused)
        {
            var (key, execution) = write is WriteState { Write: var wanted } ? (wanted.Key, wanted as ExecutionWrite) : (((ClearState)write).Key, null);
            batch.Add(
                $"""
                SELECT (SELECT etag FROM {(key.Kind == StateKind.Step ? "vigil.steps" : "vigil.executions")} WHERE id = $1),
                    (SELECT id FROM vigil.executions WHERE connection = $2 AND remote_id = $3 AND id <> $1)
                """,
                result =>
                {
                    result.Read();
                    Refuse(write, result.IsDBNull(0) ? null : StoreValues.ETag(result.GetInt64(0)), result.IsDBNull(1) ? null : result.GetString(1));
                },
                Text(key.Id),
                Text(execution?.Connection),
                Text(execution?.RemoteId));
        }

        try
        {
            batch.Execute();
        }
        catch (NpgsqlException)
        {
            // That they were refused is certain, and their neighbours are written; only what they met is not known.
            foreach (var write in refused)
            {
                Refuse(write, stored: null, watcher: null);
            }
        }
    }

    private static void Refuse(QueuedWrite write, string? stored, string? watcher)
    {
        switch (write)
        {
            case WriteState { Write: var wanted } state:
                state.Refuse(StoreConflicts.Of(wanted, stored, watcher));
                break;
            case ClearState clear when stored == clear.ExpectedETag:
                clear.Succeed(true);
                break;
            case ClearState clear:
                clear.Refuse(StoreConflicts.Of(clear.Key, clear.ExpectedETag, stored));
                break;
        }
    }
}
