using Npgsql;
using static Vigil.Storage.Postgres.PostgresValues;

namespace Vigil.Storage.Postgres;

/// <summary>Finds out why writes were refused, in a later transaction, because a statement that lost a race cannot see the winner.</summary>
internal static class PostgresConflicts
{
    private const string RemoteIdIndex = "executions_remote";

    /// <summary>Returns the write whose remote id another silo's transaction took first; null for any other error.</summary>
    public static WriteState? OfRace(NpgsqlException error, IReadOnlyList<QueuedWrite> writes) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: RemoteIdIndex } && writes is [WriteState single] ? single : null;

    /// <summary>Sets the conflict of each refused write.</summary>
    public static void Explain(NpgsqlConnection connection, IReadOnlyCollection<WriteState> refused)
    {
        using var batch = new PostgresBatch(connection);
        foreach (var change in refused)
        {
            var execution = change.Write as ExecutionWrite;
            batch.Add(
                $"""
                SELECT (SELECT etag FROM {(change.Key.Kind == StateKind.Step ? "vigil.steps" : "vigil.executions")} WHERE id = $1),
                    (SELECT id FROM vigil.executions WHERE connection = $2 AND remote_id = $3 AND id <> $1)
                """,
                result =>
                {
                    result.Read();
                    change.Refuse(result.IsDBNull(0) ? null : StoreValues.ETag(result.GetInt64(0)), result.IsDBNull(1) ? null : result.GetString(1));
                },
                Text(change.Key.Id),
                Text(execution?.Connection),
                Text(execution?.RemoteId));
        }

        try
        {
            batch.Execute();
        }
        catch (NpgsqlException)
        {
            // The writes were refused and the others are committed, so this is no failure; only the cause of the conflict is unknown.
            foreach (var change in refused)
            {
                change.Refuse(stored: null, watcher: null);
            }
        }
    }
}
