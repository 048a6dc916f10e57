namespace Vigil.Storage.Sqlite;

/// <summary>Brings a database to the present schema. A migration expands; what an older program needs goes only in a later one.</summary>
internal static class SqliteSchema
{
    /// <summary>Marks a database as Vigil's: "VIGL".</summary>
    private const long ApplicationId = 0x5649474C;

    /// <summary>Gets the migrations, in order; a database that has the first n has version n.</summary>
    public static ImmutableArray<string> Migrations { get; } = SchemaScripts.Read("Sqlite");

    /// <summary>Carries out the migrations that the database lacks, each in a transaction of its own.</summary>
    /// <exception cref="StoreException">The database is newer than this program, or not Vigil's.</exception>
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
