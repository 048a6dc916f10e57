using Npgsql;

namespace Vigil.Storage.Postgres;

/// <summary>How a PostgreSQL store is set up.</summary>
internal sealed record PostgresSettings
{
    /// <summary>The name by which the server knows connections that write.</summary>
    public const string WriterName = "vigil writer";

    // Holds a whole transaction of usual size: it leaves the process at once, so one that is stopped meanwhile has sent all of it or nothing.
    private const int WriteBufferBytes = 2 << 20;

    // A plan made for any limit would read a tenth of the table for a page of fifty; and these statements are done before a compiler is.
    private const string ReaderSession = "SET plan_cache_mode = force_custom_plan; SET jit = off";

    /// <summary>Gets how the database is reached. It may hold a password, so no message and no log shows it.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Gets how many reads run at the same time.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>Gets how often a transaction is tried again that the server rolled back because of another one.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Gets how soon the events of other processes are seen by those who wait.</summary>
    public TimeSpan OthersInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets how long the server waits for the rest of a transaction whose process was stopped while it sent it.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets how often such transactions are looked for.</summary>
    public TimeSpan StalledInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the clock of these intervals.</summary>
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

    // Nothing is prepared: a batch that fails in the middle leaves the client library with another idea of what is prepared than the server has, and
    // what that would save - parsing a handful of statements for hundreds of rows - is not to be measured.

    /// <summary>Makes the pool of connections that read. Their sessions are never changed, so giving one back needs no clearing up.</summary>
    public NpgsqlDataSource CreateReaders()
    {
        var parts = new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            ApplicationName = "vigil",
            MaxPoolSize = Readers,
            MinPoolSize = 0,
            NoResetOnClose = true,
            MaxAutoPrepare = 0,
            Enlist = false,
        };
        var builder = new NpgsqlDataSourceBuilder(parts.ToString());
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(ReaderSession, connection);
                command.ExecuteNonQuery();
            },
            connection => connection.ExecuteAsync(ReaderSession, CancellationToken.None));
        return builder.Build();
    }

    /// <summary>Makes the connection that writes, which is kept as long as it lives.</summary>
    public NpgsqlConnection CreateWriter() => new(new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        ApplicationName = WriterName,
        Pooling = false,
        MaxAutoPrepare = 0,
        WriteBufferSize = WriteBufferBytes,
        Enlist = false,
    }.ToString());
}
