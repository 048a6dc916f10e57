using Microsoft.Data.Sqlite;

namespace Vigil.Storage.Sqlite;

/// <summary>A connection with its prepared statements. One user at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];

    public SqliteSession(string path, TimeSpan busyTimeout, string pragmas)
    {
        // SQLite itself waits for a lock; the client library's own retry is kept to its shortest.
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 }.ToString());
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

    /// <summary>Gets a value indicating whether a transaction is open.</summary>
    public bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    /// <summary>Gets the row number of the last insert.</summary>
    public long LastRow => SQLitePCL.raw.sqlite3_last_insert_rowid(_connection.Handle);

    /// <summary>Runs statements that are used once.</summary>
    public void Script(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement and returns how many rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteNonQuery();

    /// <summary>Runs a query. The reader is to be disposed before the same query runs again.</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteReader();

    /// <summary>Runs a query and reads all its rows.</summary>
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

    /// <summary>Runs a query for one whole number; null where there is no row, or nothing in it.</summary>
    public long? Number(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteScalar() as long?;

    /// <summary>Runs a query for one text; null where there is no row, or nothing in it.</summary>
    public string? Text(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Prepare(sql, values).ExecuteScalar() as string;

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }

        _connection.Dispose();
    }

    /// <summary>A statement is always run with the same names in the same order, so parameters are made once.</summary>
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
