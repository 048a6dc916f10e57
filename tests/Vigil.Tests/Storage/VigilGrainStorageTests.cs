using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using Vigil.Storage;
using Vigil.Storage.Adapters;
using Vigil.Storage.Sqlite;

namespace Vigil.Tests.Storage;

public sealed class VigilGrainStorageTests : IAsyncLifetime
{
    private static readonly GrainId Execution = GrainId.Create("execution", "e1");
    private static readonly GrainId Step = GrainId.Create("step", "e1/s1");
    private readonly TemporaryFolder _folder = new();
    private VigilGrainStorage _storage = null!;

    private SqliteStore Store { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Store = new(new() { DataFolder = _folder.Path });
        await Store.OpenAsync(CancellationToken.None);
        _storage = new(Store, new(new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() }));
    }

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Delete();
    }

    [Fact]
    public async Task ReadStateAsync_NoRecord_GivesAnEmptyState()
    {
        var read = new GrainState<Counter>(new Counter { Count = 5 }, "old") { RecordExists = true };

        await _storage.ReadStateAsync(VigilStorage.StepStateName, Step, read);

        Assert.Equal((0, null, false), (read.State!.Count, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task WriteStateAsync_ThenRead_GivesTheSameStateAndETag()
    {
        var written = new GrainState<Counter>(new Counter { Count = 5 }, eTag: null);
        await _storage.WriteStateAsync(VigilStorage.StepStateName, Step, written);
        var read = new GrainState<Counter>();

        await _storage.ReadStateAsync(VigilStorage.StepStateName, Step, read);

        Assert.NotNull(written.ETag);
        Assert.True(written.RecordExists);
        Assert.Equal((5, written.ETag, true), (read.State!.Count, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task WriteStateAsync_SomebodyElseWroteFirst_IsInconsistentWithBothETagsAndChangesNothing()
    {
        var mine = new GrainState<Counter>(new Counter { Count = 1 }, eTag: null);
        await _storage.WriteStateAsync(VigilStorage.StepStateName, Step, mine);
        var theirs = new GrainState<Counter>(new Counter { Count = 2 }, mine.ETag);
        await _storage.WriteStateAsync(VigilStorage.StepStateName, Step, theirs);
        var before = mine.ETag;

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync(VigilStorage.StepStateName, Step, mine));

        Assert.Equal((theirs.ETag, before), (error.StoredEtag, error.CurrentEtag));
        Assert.IsType<StoreConflictException>(error.InnerException);
        Assert.Equal(before, mine.ETag);
    }

    [Fact]
    public async Task WriteStateAsync_FirstWriteOfARecordThatIsThere_IsInconsistent()
    {
        await _storage.WriteStateAsync(VigilStorage.StepStateName, Step, new GrainState<Counter>(new(), eTag: null));

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.WriteStateAsync(VigilStorage.StepStateName, Step, new GrainState<Counter>(new(), eTag: null)));
    }

    [Fact]
    public async Task ClearStateAsync_IsRefused() => await Assert.ThrowsAsync<NotSupportedException>(
        () => _storage.ClearStateAsync(VigilStorage.StepStateName, Step, new GrainState<Counter>(new Counter { Count = 5 }, eTag: null)));

    [Fact]
    public async Task State_NeitherAnExecutionNorAStep_NamesTheProviderForIt()
    {
        var read = await Assert.ThrowsAsync<NotSupportedException>(() => _storage.ReadStateAsync("pair", Step, new GrainState<Pair>()));
        var write = await Assert.ThrowsAsync<NotSupportedException>(() => _storage.WriteStateAsync("pair", Step, new GrainState<Pair>(new(null, 1), eTag: null)));

        Assert.Contains(VigilStorage.UnindexedProviderName, read.Message, StringComparison.Ordinal);
        Assert.Contains(VigilStorage.UnindexedProviderName, write.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteStateAsync_AnExecution_WritesItsColumnsEventAndPayloads()
    {
        await _storage.WriteStateAsync(VigilStorage.ExecutionStateName, Execution, new GrainState<ExecutionRecord>(new() { Name = "one" }, eTag: null));

        var stored = await Store.ReadAsync(Sample.Execution("e1"));
        Assert.Equal("""{"Id":"e1","Name":"one"}""", stored!.Text());
        Assert.Equal("e1", await Store.FindByRemoteIdAsync("acme", "r-one"));
        Assert.Equal("\"one\"", await Store.ReadPayloadAsync("e1", Payload.Input));
        Assert.Equal("\"one\"", Encoding.UTF8.GetString(Assert.Single(await Store.ReadEventsAsync(0, 10)).ExecutionJson.Span));
    }

    [Fact]
    public async Task WriteStateAsync_ARemoteIdThatIsTaken_NamesTheHolder()
    {
        await _storage.WriteStateAsync(VigilStorage.ExecutionStateName, Execution, new GrainState<ExecutionRecord>(new() { Name = "one" }, eTag: null));

        var error = await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.WriteStateAsync(VigilStorage.ExecutionStateName, GrainId.Create("execution", "e2"), new GrainState<ExecutionRecord>(new() { Id = "e2", Name = "one" }, eTag: null)));

        Assert.Equal("e1", Assert.IsType<StoreConflictException>(error.InnerException).RemoteIdHolder);
    }

    [Fact]
    public async Task WriteStateAsync_AStep_IsFoundByItsExecutionWithItsVersion()
    {
        await _storage.WriteStateAsync(
            VigilStorage.StepStateName, Step, new GrainState<Counter>(new Counter { Count = 3 }, eTag: null));

        Assert.Equal([KeyValuePair.Create("e1/s1", 3L)], await Store.ReadStepVersionsAsync("e1"));
    }

    [Fact]
    public async Task WriteStateAsync_StateIsNull_IsAnArgumentError() => await Assert.ThrowsAsync<ArgumentException>(
        () => _storage.WriteStateAsync(VigilStorage.StepStateName, Step, new GrainState<Counter>(state: null, eTag: null)));

    [Fact]
    public async Task ReadStateAsync_OfATypeWithoutAnEmptyConstructor_MakesItEmpty()
    {
        var read = new GrainState<Pair>();

        await _storage.ReadStateAsync(VigilStorage.StepStateName, Step, read);

        Assert.Equal((null, 0), (read.State!.Left, read.State.Right));
    }

    internal sealed class Counter : IStoredState
    {
        public int Count { get; set; }

        StateWrite IStoredState.Write => Sample.Step("e1/s1", JsonSerializer.Serialize(this), version: Count);
    }

    internal sealed record Pair(string? Left, int Right);

    internal sealed record ExecutionRecord : IStoredState
    {
        public string Id { get; init; } = "e1";

        public required string Name { get; init; }

        StateWrite IStoredState.Write => Sample.Start(Id) with
        {
            Json = JsonSerializer.SerializeToUtf8Bytes(this),
            RemoteId = $"r-{Name}",
            EventJson = JsonSerializer.SerializeToUtf8Bytes(Name),
            Input = JsonSerializer.Serialize(Name),
        };
    }
}
