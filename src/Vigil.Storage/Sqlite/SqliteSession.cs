using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>A connection with its prepared statements. Not safe for concurrent use.</summary>
internal sealed partial class SqliteSession : IDisposable
{
    // Of SQLITE_FCNTL, which the client library does not pass on.
    private const int HasMovedCode = 20;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    public SqliteSession(string path, TimeSpan busyTimeout, string pragmas)
    {
        // SQLite itself waits for locks, so the client library's own retry has the shortest time-out.
        _connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 1,
        }.ToString());
        try
        {
            _connection.Open();
            Script($"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds}; {pragmas}");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Gets a value indicating whether the open file is no longer the one at its path. Safe to read while the connection is in use.</summary>
    public bool HasMoved => FileControl(_connection.Handle!, "main", HasMovedCode, out var moved) == SQLitePCL.raw.SQLITE_OK && moved != 0;

    public long LastInsertedRow => SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle);

    /// <summary>Executes statements without preparing them.</summary>
    public void Script(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Executes a statement and returns the number of rows that it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query. The reader must be disposed before the same query runs again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteReader();

    public ImmutableArray<T> All<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var rows = ImmutableArray.CreateBuilder<T>();
        using var reader = Query(sql, values);
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows.DrainToImmutable();
    }

    /// <summary>Runs a query for one integer; null if there is no row or its value is null.</summary>
    public long? Number(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteScalar() as long?;

    /// <summary>Runs a query for one text; null if there is no row or its value is null.</summary>
    public string? Text(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteScalar() as string;

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileControl(SafeHandle connection, string database, int code, out int value);

    /// <summary>Prepares a statement. It always has the same parameters in the same order, so they are created only once.</summary>
    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in values)
            {
                command.Parameters.Add(new() { ParameterName = name });
            }

            _commands.Add(sql, command);
        }

        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i].Value ?? DBNull.Value;
        }

        return command;
    }
}
