using Vigil.Storage;
using Vigil.Storage.Postgres;

namespace Vigil.Tests.Storage.Postgres;

[NeedsPostgres]
[Collection(PostgresFixture.Name)]
public sealed class PostgresStoreTests(PostgresFixture server) : StoreConformance
{
    private string? _database;

    private protected override async Task<IVigilStore> OpenAsync()
    {
        var store = new PostgresStore(new() { ConnectionString = _database ??= await server.CreateDatabaseAsync() });
        await store.OpenAsync(CancellationToken.None);
        return store;
    }
}
