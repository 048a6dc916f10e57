using System.Data;
using Npgsql;
using Vigil.Storage.Clustering;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Translates errors into readable messages. Npgsql's exceptions are not passed on, because they cannot be serialized and may reveal details of the
/// connection.
/// </summary>
internal static class PostgresErrors
{
    /// <summary>Translates any failure into a <see cref="StoreException"/>.</summary>
    public static StoreException Of(NpgsqlException error, string database) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new($"The disk of {database} is full."),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => new($"{database}: another session held a lock for too long; nothing was changed."),
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => new($"{database} cannot be written: it is read-only."),
        PostgresException { SqlState: DatabaseClaim.LostCode } => new($"{database} is in use by another silo or cluster; nothing was changed."),
        PostgresException server => new($"{database} failed: {server.MessageText} ({server.SqlState})."),
        _ => new($"{database} failed: {(error.InnerException ?? error).Message}"),
    };

    /// <summary>Translates the failure of a transaction into the exceptions of <see cref="IWriteExecutor.Execute"/>.</summary>
    public static Exception OfTransaction(NpgsqlException error, string database) => error switch
    {
        PostgresException server when IsCausedByWrite(server) => new DataException($"{server.MessageText} ({server.SqlState})"),
        PostgresException { InvariantSeverity: "ERROR" } => Of(error, database),
        _ => new StoreException($"{Of(error, database).Message} The connection broke, so it is unknown whether the writes were executed."),
    };

    /// <summary>Returns whether the server rolled the transaction back because of a concurrent one, so that a retry can succeed.</summary>
    public static bool IsConcurrencyFailure(NpgsqlException error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Returns whether the error is one of values, constraints or limits, so that other writes can still succeed.</summary>
    private static bool IsCausedByWrite(PostgresException error) => error.SqlState[..2] is "21" or "22" or "23" or "54";
}
