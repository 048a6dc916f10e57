namespace Vigil.Storage.Sqlite;

/// <summary>Migrates a database to the current schema. A migration only adds; what the previous version needs may be removed by a later one.</summary>
internal static class SqliteSchema
{
    /// <summary>"VIGL", which marks a database as Vigil's.</summary>
    private const long ApplicationId = 0x5649474C;

    /// <summary>Gets the migrations in order; a database with the first n has version n.</summary>
    public static ImmutableArray<string> Migrations { get; } = SchemaScripts.Read("Sqlite");

    /// <summary>Runs the migrations that the database lacks, each in its own transaction.</summary>
    /// <exception cref="StoreException">The database has a newer schema, or is not Vigil's.</exception>
    public static void Migrate(SqliteSession session, string path, ImmutableArray<string> migrations)
    {
        var version = session.Number("PRAGMA user_version") ?? 0;
        if (session.Number("PRAGMA application_id") != ApplicationId && session.Number("SELECT count(*) FROM sqlite_schema") > 0)
        {
            throw new StoreException($"The database '{path}' is not Vigil's.");
        }

        if (version > migrations.Length)
        {
            throw new StoreException(
                $"The database '{path}' has schema {version}, but this program knows only schemas up to {migrations.Length}. Use a newer version of Vigil.");
        }

        for (var next = (int)version; next < migrations.Length; next++)
        {
            session.Script($"BEGIN IMMEDIATE; {migrations[next]}; PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {next + 1}; COMMIT;");
        }
    }
}
