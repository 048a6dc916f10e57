using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>Says in plain words why a database as a whole cannot be used.</summary>
internal static class SqliteErrors
{
    // The primary result codes of SQLite.
    private const int Busy = 5;
    private const int Locked = 6;
    private const int NoMemory = 7;
    private const int ReadOnly = 8;
    private const int Io = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Turns a failure of the whole database into a <see cref="StoreException"/>; null where only the statement is to blame.</summary>
    public static StoreException? OfDatabase(SqliteException error, string path) => error.SqliteErrorCode switch
    {
        Busy or Locked => new($"The database '{path}' is locked by another program.", error),
        Full => new($"The disk that holds the database '{path}' is full.", error),
        ReadOnly => new($"The database '{path}' cannot be written: it is read-only.", error),
        Io => new($"The database '{path}' cannot be read or written (I/O error {error.SqliteExtendedErrorCode}).", error),
        Corrupt => new($"The database '{path}' is damaged.", error),
        NotADatabase => new($"The file '{path}' is no database.", error),
        CannotOpen => new($"The database '{path}' cannot be opened.", error),
        NoMemory => new($"There is no memory to use the database '{path}'.", error),
        _ => null,
    };

    /// <summary>Turns any failure into a <see cref="StoreException"/>.</summary>
    public static StoreException Of(SqliteException error, string path) =>
        OfDatabase(error, path) ?? new($"The database '{path}' failed: {error.Message}", error);
}
