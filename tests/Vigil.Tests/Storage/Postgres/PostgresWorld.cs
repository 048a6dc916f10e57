using Vigil.Storage;
using Vigil.Storage.Postgres;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>A database with as many stores over it as a test needs.</summary>
[Collection(PostgresFixture.Name)]
public abstract class PostgresWorld(PostgresFixture server) : IAsyncLifetime
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly List<IAsyncDisposable> _opened = [];

    private protected string Database { get; private set; } = "";

    private protected PostgresSettings Settings => new() { ConnectionString = Database };

    public async Task InitializeAsync() => Database = Testing.PostgresServer.WhyNot is null ? await server.CreateDatabaseAsync() : "";

    public async Task DisposeAsync()
    {
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }
    }

    private protected async Task<PostgresStore> OpenAsync(PostgresSettings? settings = null)
    {
        var store = new PostgresStore(settings ?? Settings);
        _opened.Add(store);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    private protected async Task<RawSession> OpenRawAsync()
    {
        var session = await RawSession.OpenAsync(Database);
        _opened.Add(session);
        return session;
    }

    private protected static async Task<StoreException?> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return null;
        }
        catch (StoreException error)
        {
            return error;
        }
    }
}
