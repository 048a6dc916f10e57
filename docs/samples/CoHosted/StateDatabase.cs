using Microsoft.Data.Sqlite;

namespace CoHosted;

/// <summary>The database in which Orleans keeps the states of this app's grains.</summary>
internal static class StateDatabase
{
    /// <summary>Creates the tables that are missing and returns the connection string.</summary>
    public static string Create(string file)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = file }.ToString();
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "states.sql"));
        command.ExecuteNonQuery();
        return connectionString;
    }
}
