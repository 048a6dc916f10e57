using Vigil.Testing;

namespace Vigil.Tests.Storage.Postgres;

/// <summary>One server for all tests that need one; started by the first.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    /// <summary>The name under which tests share it.</summary>
    public const string Name = "PostgreSQL";

    private PostgresServer? _server;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Makes an empty database and returns how it is reached.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        _server ??= await PostgresServer.StartAsync();
        return await _server.CreateDatabaseAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}

[CollectionDefinition(PostgresFixture.Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresFixture>;
