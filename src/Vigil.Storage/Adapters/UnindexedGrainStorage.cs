using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Vigil.Storage.Sqlite;

namespace Vigil.Storage.Adapters;

/// <summary>
/// Orleans' ADO.NET grain storage in the store's database. Its tables, and the queries that it loads from one of them, are part of the store's schema.
/// </summary>
internal static class UnindexedGrainStorage
{
    private const int MaxConnections = 4;

    public static void Add(ISiloBuilder builder)
    {
        // Orleans would register it twice.
        if (!builder.Services.Any(service => VigilStorage.UnindexedProviderName.Equals(service.ServiceKey)))
        {
            builder.AddAdoNetGrainStorage(VigilStorage.UnindexedProviderName, options => options.Configure<IOptions<VigilStoreOptions>>(Configure));
        }
    }

    private static void Configure(AdoNetGrainStorageOptions adoNet, IOptions<VigilStoreOptions> store)
    {
        adoNet.GrainStorageSerializer = new GrainStateSerializer(store.Value.StateJson!);

        // Orleans knows every SQLite library by the name System.Data.SQLite.
        (adoNet.Invariant, adoNet.ConnectionString) = store.Value.ConnectionString is { } connection
            ? ("Npgsql", PostgresOf(connection))
            : ("System.Data.SQLite", SqliteOf(store.Value.DataFolder));
    }

    // Orleans loads its queries from a table whose name it does not qualify with a schema.
    private static string PostgresOf(string connection) => new NpgsqlConnectionStringBuilder(connection)
    {
        ApplicationName = "vigil states",
        SearchPath = "vigil",
        MaxPoolSize = MaxConnections,
    }.ToString();

    // A pooled connection would outlive the store and keep the WAL file.
    private static string SqliteOf(string folder) => new SqliteConnectionStringBuilder
    {
        DataSource = new SqliteSettings { DataFolder = Path.GetFullPath(folder) }.Path,
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
    }.ToString();
}
