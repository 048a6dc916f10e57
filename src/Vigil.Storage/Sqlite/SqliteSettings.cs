namespace Vigil.Storage.Sqlite;

/// <summary>How a SQLite store is set up.</summary>
internal sealed record SqliteSettings
{
    /// <summary>Gets the folder of the database; made where it does not exist.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Gets how long to wait for another program's lock before writers are told.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how many reads run at the same time.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>Gets the limits of the write queue.</summary>
    public WriteQueueLimits Limits { get; init; } = new();

    /// <summary>Gets a hook for tests of dying.</summary>
    public IWriteHook? Hook { get; init; }

    /// <summary>Gets the schema's migrations.</summary>
    public ImmutableArray<string> Migrations { get; init; } = SqliteSchema.Migrations;

    /// <summary>Gets the most pages that the database may have, for tests of a full disk; null for as many as fit.</summary>
    public int? MaxPages { get; init; }

    /// <summary>Gets the database's file.</summary>
    public string Path => System.IO.Path.Combine(DataFolder, "vigil.db");
}
