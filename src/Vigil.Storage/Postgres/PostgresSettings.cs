using Npgsql;
using Vigil.Storage.Clustering;

namespace Vigil.Storage.Postgres;

/// <summary>The settings of a PostgreSQL store.</summary>
internal sealed record PostgresSettings
{
    /// <summary>The application name of connections that write.</summary>
    public const string WriterName = "vigil writer";

    // Holds a typical transaction, so that it is sent at once: a process that is stopped meanwhile has sent all of it or nothing.
    private const int WriteBufferBytes = 2 << 20;

    // A generic plan, made for an unknown limit, would read a tenth of the table for a page of fifty. The queries are too short for JIT compilation to pay.
    private const string ReaderSession = "SET plan_cache_mode = force_custom_plan; SET jit = off";

    /// <summary>Gets the connection string. It may contain a password, so it must not appear in messages or logs.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Gets the maximum number of concurrent reads.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>Gets how many times a transaction is attempted if the server rolls it back because of a concurrent one.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Gets the time between checks for events of other processes.</summary>
    public TimeSpan OthersInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Gets the age from which a transaction that waits for its client is considered stalled.</summary>
    public TimeSpan StalledAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets the time between checks for stalled transactions.</summary>
    public TimeSpan StalledInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the clock for these intervals.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public WriteQueueLimits Limits { get; init; } = new();

    /// <summary>Gets the claim that every transaction requires; null if no other cluster can use the database.</summary>
    public DatabaseClaim? Claim { get; init; }

    /// <summary>Gets what records whether writes succeed.</summary>
    public StoreHealth? Health { get; init; }

    public IWriteHook? Hook { get; init; }

    public ImmutableArray<string> Migrations { get; init; } = PostgresSchema.Migrations;

    /// <summary>Gets the description of the database for messages, without secrets.</summary>
    public string Name
    {
        get
        {
            var parts = new NpgsqlConnectionStringBuilder(ConnectionString);
            return $"PostgreSQL at {parts.Host}:{parts.Port}, database '{parts.Database ?? parts.Username}'";
        }
    }

    // Statements are not prepared: after a batch that fails halfway, Npgsql and the server would disagree on what is prepared, and the parsing of a few
    // statements for hundreds of rows costs too little to measure.

    /// <summary>Creates the pool of connections for reads. Reads do not change session state, so it need not be reset on return to the pool.</summary>
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

    /// <summary>Creates a connection for writes, which is used until it breaks.</summary>
    public NpgsqlConnection CreateWriter() => new(new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        ApplicationName = WriterName,
        Pooling = false,
        MaxAutoPrepare = 0,
        WriteBufferSize = WriteBufferBytes,
        Enlist = false,
    }.ToString());
}
