using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Vigil.Storage.Sqlite;

/// <summary>Translates errors into readable messages.</summary>
internal static class SqliteErrors
{
    /// <summary>Translates a failure of the database as a whole into a <see cref="StoreException"/>; null if only the statement is at fault.</summary>
    public static StoreException? OfDatabase(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        SQLITE_BUSY or SQLITE_LOCKED => new($"The database '{path}' is locked by another program.", error),
        SQLITE_FULL => new($"The disk that holds the database '{path}' is full.", error),
        SQLITE_READONLY => new($"The database '{path}' cannot be written: it is read-only.", error),
        SQLITE_IOERR => new($"The database '{path}' cannot be read or written (I/O error {error.SqliteExtendedErrorCode}).", error),
        SQLITE_CORRUPT => new($"The database '{path}' is damaged.", error),
        SQLITE_NOTADB => new($"The file '{path}' is not a SQLite database.", error),
        SQLITE_CANTOPEN => new($"The database '{path}' cannot be opened.", error),
        SQLITE_NOMEM => new($"There is not enough memory to use the database '{path}'.", error),
        _ => null,
    };

    /// <summary>Translates any failure into a <see cref="StoreException"/>.</summary>
    public static StoreException Of(SqliteException error, string path) =>
        OfDatabase(error, path) ?? new($"The database '{path}' failed: {error.Message}", error);
}
