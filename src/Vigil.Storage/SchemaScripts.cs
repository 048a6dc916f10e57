namespace Vigil.Storage;

/// <summary>Reads the SQL scripts that are embedded in this assembly.</summary>
internal static class SchemaScripts
{
    /// <summary>Reads the migrations of one provider, in order; a database that has the first n has version n.</summary>
    public static ImmutableArray<string> Read(string provider) =>
    [
        .. typeof(SchemaScripts).Assembly.GetManifestResourceNames()
            .Where(name => name.Contains($".{provider}.Migrations.", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(ReadOne),
    ];

    public static string ReadOne(string name)
    {
        using var reader = new StreamReader(typeof(SchemaScripts).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
