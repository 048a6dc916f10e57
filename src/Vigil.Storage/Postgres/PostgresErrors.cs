using System.Data;
using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Says in plain words why a database cannot be used. The client library's own exceptions stay here: they are no types of the wire, and
/// what they say of the connection is not for everybody.
/// </summary>
internal static class PostgresErrors
{
    /// <summary>Turns any failure into a <see cref="StoreException"/>.</summary>
    public static StoreException Of(NpgsqlException error, string database) => error switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => new($"The disk of {database} is full."),
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => new($"{database}: another session holds a lock for too long; nothing was changed."),
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => new($"{database} cannot be written: it is read-only."),
        PostgresException server => new($"{database} failed: {server.MessageText} ({server.SqlState})."),
        _ => new($"{database} failed: {(error.InnerException ?? error).Message}"),
    };

    /// <summary>Turns the failure of a transaction into what the write queue expects of one.</summary>
    public static Exception OfTransaction(NpgsqlException error, string database) => error switch
    {
        PostgresException server when BlamesTheWrite(server) => new DataException($"{server.MessageText} ({server.SqlState})"),
        PostgresException { InvariantSeverity: "ERROR" } => Of(error, database),
        _ => new StoreException($"{Of(error, database).Message} The connection broke; whether the writes were carried out is not known."),
    };

    /// <summary>Tells whether the server rolled a transaction back for another one's sake, so that it may well succeed next time.</summary>
    public static bool IsRolledBackForAnother(NpgsqlException error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Values that do not fit, rules of the schema, limits of the program: another write may fare better.</summary>
    private static bool BlamesTheWrite(PostgresException error) => error.SqlState[..2] is "21" or "22" or "23" or "54";
}
