using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Vigil.Storage.Sqlite;

namespace Vigil.Storage.Adapters;

/// <summary>
/// Orleans' own storage of grains' states over ADO.NET, in the store's database: the tables and the statements that it reads from them are part of
/// the store's schema.
/// </summary>
internal static class UnindexedGrainStorage
{
    private const int MaxConnections = 4;

    public static void Add(ISiloBuilder builder)
    {
        // Orleans would add it once more.
        if (!builder.Services.Any(service => VigilStorage.UnindexedProviderName.Equals(service.ServiceKey)))
        {
            builder.AddAdoNetGrainStorage(VigilStorage.UnindexedProviderName, options => options.Configure<IOptions<VigilStoreOptions>>(Configure));
        }
    }

    private static void Configure(AdoNetGrainStorageOptions adoNet, IOptions<VigilStoreOptions> store)
    {
        adoNet.GrainStorageSerializer = new GrainStateSerializer(store.Value.StateJson!);
        (adoNet.Invariant, adoNet.ConnectionString) = store.Value.ConnectionString is { } connection
            ? ("Npgsql", PostgresOf(connection))
            : ("System.Data.SQLite", SqliteOf(store.Value.DataFolder));
    }

    // Orleans reads its statements from a table that it names without a schema.
    private static string PostgresOf(string connection) => new NpgsqlConnectionStringBuilder(connection)
    {
        ApplicationName = "vigil states",
        SearchPath = "vigil",
        MaxPoolSize = MaxConnections,
    }.ToString();

    // A pooled connection would outlive the store and leave its log beside the file. The name is Orleans' for whatever SQLite library there is.
    private static string SqliteOf(string folder) => new SqliteConnectionStringBuilder
    {
        DataSource = new SqliteSettings { DataFolder = Path.GetFullPath(folder) }.Path,
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
    }.ToString();
}
