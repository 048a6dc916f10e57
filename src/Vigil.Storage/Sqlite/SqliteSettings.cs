using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigil.Storage.Sqlite;

/// <summary>The settings of a SQLite store.</summary>
internal sealed record SqliteSettings
{
    /// <summary>Gets the folder of the database, which is created if it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Gets how long to wait for another program's lock before a write fails.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how often the write-ahead log is copied into the database file, however little it holds.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(30);

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Gets the maximum number of concurrent reads.</summary>
    public int Readers { get; init; } = 4;

    public WriteQueueLimits Limits { get; init; } = new();

    /// <summary>Gets what records whether writes succeed.</summary>
    public StoreHealth? Health { get; init; }

    public IWriteHook? Hook { get; init; }

    public ImmutableArray<string> Migrations { get; init; } = SqliteSchema.Migrations;

    /// <summary>Gets the maximum number of pages of the database, for tests of a full disk; null for no limit.</summary>
    public int? MaxPages { get; init; }

    public string Path => System.IO.Path.Combine(DataFolder, "vigil.db");
}
