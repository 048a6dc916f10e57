using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Vigil.Storage.Sqlite;

/// <summary>Says in plain words why a database as a whole cannot be used.</summary>
internal static class SqliteErrors
{
    /// <summary>Turns a failure of the whole database into a <see cref="StoreException"/>; null where only the statement is to blame.</summary>
    public static StoreException? OfDatabase(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        SQLITE_BUSY or SQLITE_LOCKED => new($"The database '{path}' is locked by another program.", error),
        SQLITE_FULL => new($"The disk that holds the database '{path}' is full.", error),
        SQLITE_READONLY => new($"The database '{path}' cannot be written: it is read-only.", error),
        SQLITE_IOERR => new($"The database '{path}' cannot be read or written (I/O error {error.SqliteExtendedErrorCode}).", error),
        SQLITE_CORRUPT => new($"The database '{path}' is damaged.", error),
        SQLITE_NOTADB => new($"The file '{path}' is no database.", error),
        SQLITE_CANTOPEN => new($"The database '{path}' cannot be opened.", error),
        SQLITE_NOMEM => new($"There is no memory to use the database '{path}'.", error),
        _ => null,
    };

    /// <summary>Turns any failure into a <see cref="StoreException"/>.</summary>
    public static StoreException Of(SqliteException error, string path) =>
        OfDatabase(error, path) ?? new($"The database '{path}' failed: {error.Message}", error);
}
