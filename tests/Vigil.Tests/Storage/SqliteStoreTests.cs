using Vigil.Storage;
using Vigil.Storage.Sqlite;

namespace Vigil.Tests.Storage;

public sealed class SqliteStoreTests : StoreConformance
{
    private readonly TemporaryFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete();
    }

    private protected override async Task<IVigilStore> OpenAsync()
    {
        var store = new SqliteStore(new() { DataFolder = _folder.Path });
        await store.OpenAsync(CancellationToken.None);
        return store;
    }
}
