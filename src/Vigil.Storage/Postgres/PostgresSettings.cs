using System.Collections.Immutable;
using Npgsql;
using Vigil.Storage.Writing;

namespace Vigil.Storage.Postgres;

/// <summary>How a PostgreSQL store is set up.</summary>
internal sealed record PostgresSettings
{
    // Holds a whole transaction of usual size: it leaves the process at once, so one that is stopped meanwhile has sent all of it or nothing.
    private const int WriteBufferBytes = 2 << 20;
    private const int PreparedStatements = 64;

    // A plan made for any limit would read a tenth of the table for a page of fifty.
    private const string ReaderSession = "SET plan_cache_mode = force_custom_plan";

    /// <summary>Gets how the database is reached. It may hold a password, so no message and no log shows it.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Gets how many reads run at the same time.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>Gets how often a transaction is tried again that the server rolled back because of another one.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Gets how soon the events of other processes are seen by those who wait.</summary>
    public TimeSpan OthersInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets the clock of that interval.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets the limits of the write queue.</summary>
    public WriteQueueLimits Limits { get; init; } = new();

    /// <summary>Gets a hook for tests of dying.</summary>
    public IWriteHook? Hook { get; init; }

    /// <summary>Gets the schema's migrations.</summary>
    public ImmutableArray<string> Migrations { get; init; } = PostgresSchema.Migrations;

    /// <summary>Gets what messages call the database: where it is and its name, and nothing that is secret.</summary>
    public string Name
    {
        get
        {
            var parts = new NpgsqlConnectionStringBuilder(ConnectionString);
            return $"PostgreSQL at {parts.Host}:{parts.Port}, database '{parts.Database ?? parts.Username}'";
        }
    }

    /// <summary>Makes the pool of connections that read. Their sessions are never changed, so giving one back needs no clearing up.</summary>
    public NpgsqlDataSource CreateReaders()
    {
        var parts = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            ApplicationName = "vigil",
            MaxPoolSize = Readers,
            MinPoolSize = 0,
            NoResetOnClose = true,
            MaxAutoPrepare = PreparedStatements,
            AutoPrepareMinUsages = 2,
            Enlist = false,
        };
        var builder = new NpgsqlDataSourceBuilder(parts.ToString());
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(ReaderSession, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(ReaderSession, connection);
                await command.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }

    /// <summary>Makes the connection that writes, which is kept as long as it lives.</summary>
    public NpgsqlConnection CreateWriter() => new(new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        ApplicationName = "vigil writer",
        Pooling = false,
        MaxAutoPrepare = PreparedStatements,
        AutoPrepareMinUsages = 2,
        WriteBufferSize = WriteBufferBytes,
        Enlist = false,
    }.ToString());
}
