using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using Orleans.Storage;
using Vigil.Storage;

namespace Vigil.Tests.Storage;

/// <summary>What Orleans' own grain storage keeps by our tables and statements, in either database.</summary>
public abstract class UnindexedGrainStorageConformance : IAsyncLifetime
{
    private static readonly GrainId Acme = GrainId.Create("connection", "connection/acme");
    private IHost _host = null!;

    private protected IGrainStorage Storage { get; private set; } = null!;

    public virtual Task InitializeAsync() => OpenAsync();

    public virtual Task DisposeAsync() => CloseAsync();

    [StoreFact]
    public async Task ReadStateAsync_NoRecord_GivesAnEmptyState()
    {
        var read = await ReadAsync(Acme);

        Assert.Equal((0, null, false), (read.State!.Count, read.ETag, read.RecordExists));
    }

    [StoreFact]
    public async Task WriteStateAsync_Twice_OutlivesARestart()
    {
        var written = await WriteAsync(Acme, 1);
        written.State!.Count = 2;
        await Storage.WriteStateAsync("counter", Acme, written);

        await CloseAsync();
        await OpenAsync();
        var read = await ReadAsync(Acme);

        Assert.Equal((2, written.ETag, true), (read.State!.Count, read.ETag, read.RecordExists));
    }

    [StoreFact]
    public async Task WriteStateAsync_SomebodyElseWroteFirst_IsInconsistentAndChangesNothing()
    {
        var mine = await WriteAsync(Acme, 1);
        var theirs = await ReadAsync(Acme);
        theirs.State!.Count = 2;
        await Storage.WriteStateAsync("counter", Acme, theirs);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.WriteStateAsync("counter", Acme, mine));

        Assert.Equal(2, (await ReadAsync(Acme)).State!.Count);
    }

    [StoreFact]
    public async Task WriteStateAsync_ManyFirstWritesAtOnce_OneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(async count =>
        {
            try
            {
                await WriteAsync(Acme, count);
                return count;
            }
            catch (InconsistentStateException)
            {
                return 0;
            }
        }));

        Assert.Equal(Assert.Single(outcomes, count => count > 0), (await ReadAsync(Acme)).State!.Count);
    }

    [StoreFact]
    public async Task WriteStateAsync_OfAVersionThatWasNever_IsInconsistent()
    {
        await Assert.ThrowsAsync<InconsistentStateException>(
            () => Storage.WriteStateAsync("counter", Acme, new GrainState<Counter>(new(), "7") { RecordExists = true }));

        Assert.False((await ReadAsync(Acme)).RecordExists);
    }

    [StoreFact]
    public async Task ClearStateAsync_OwnVersionAlone_RemovesTheStateAndLetsItBeWrittenAgain()
    {
        var state = await WriteAsync(Acme, 1);
        var old = await ReadAsync(Acme);
        await Storage.WriteStateAsync("counter", Acme, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync("counter", Acme, old));

        await Storage.ClearStateAsync("counter", Acme, state);
        var cleared = await ReadAsync(Acme);
        state.State = new() { Count = 3 };
        await Storage.WriteStateAsync("counter", Acme, state);

        Assert.Equal((0, false), (cleared.State!.Count, cleared.RecordExists));
        Assert.Equal((3, true), ((await ReadAsync(Acme)).State!.Count, state.RecordExists));
    }

    [StoreFact]
    public async Task States_OfSeveralNamesAndKeys_AreApart()
    {
        GrainId[] grains =
        [
            Acme,
            GrainId.Create("connection", "connection/Acme"),
            GrainId.Create(GrainType.Create("number"), GrainIdKeyExtensions.CreateIntegerKey(31)),
            GrainId.Create(GrainType.Create("guid"), GrainIdKeyExtensions.CreateGuidKey(Guid.NewGuid())),
        ];
        for (int i = 0; i < grains.Length; i++)
        {
            await WriteAsync(grains[i], i + 1);
        }

        await Storage.WriteStateAsync("another", Acme, new GrainState<Counter>(new() { Count = 9 }, eTag: null));

        for (int i = 0; i < grains.Length; i++)
        {
            Assert.Equal(i + 1, (await ReadAsync(grains[i])).State!.Count);
        }
    }

    /// <summary>Says where this test's store is, which is empty at first.</summary>
    private protected abstract void Configure(VigilStoreOptions options);

    private async Task<GrainState<Counter>> ReadAsync(GrainId grain)
    {
        var state = new GrainState<Counter>(new() { Count = 77 });
        await Storage.ReadStateAsync("counter", grain, state);
        return state;
    }

    private async Task<GrainState<Counter>> WriteAsync(GrainId grain, int count)
    {
        var state = new GrainState<Counter>(new() { Count = count }, eTag: null);
        await Storage.WriteStateAsync("counter", grain, state);
        return state;
    }

    private async Task OpenAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddSerializer();
        new SiloPart(builder).AddVigilStore(options =>
        {
            options.StateJson = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
            Configure(options);
        }).AddVigilStore();
        _host = builder.Build();
        await _host.StartAsync();

        // What a silo does for it at its start.
        Storage = _host.Services.GetRequiredKeyedService<IGrainStorage>(VigilStorage.UnindexedProviderName);
        var lifecycle = new SiloLifecycleSubject(NullLogger<SiloLifecycleSubject>.Instance);
        ((ILifecycleParticipant<ISiloLifecycle>)Storage).Participate(lifecycle);
        await lifecycle.OnStart();
    }

    private async Task CloseAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [GenerateSerializer, Alias("test.Counter")]
    internal sealed class Counter
    {
        [Id(0)]
        public int Count { get; set; }
    }
}

public sealed class SqliteUnindexedGrainStorageTests : UnindexedGrainStorageConformance
{
    private readonly TemporaryFolder _folder = new();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();

        // The whole store is one file, so a copy of it is complete.
        Assert.Equal(["vigil.db"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName).Where(name => name!.StartsWith("vigil.db", StringComparison.Ordinal)));
        _folder.Delete();
    }

    private protected override void Configure(VigilStoreOptions options) => options.DataFolder = _folder.Path;
}

[NeedsPostgres]
[Collection(Postgres.PostgresFixture.Name)]
public sealed class PostgresUnindexedGrainStorageTests(Postgres.PostgresFixture server) : UnindexedGrainStorageConformance
{
    private string? _database;

    public override async Task InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        await base.InitializeAsync();
    }

    private protected override void Configure(VigilStoreOptions options) => options.ConnectionString = _database;
}
