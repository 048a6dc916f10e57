using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;
using Vigil.Storage;
using Vigil.Storage.Adapters;
using Vigil.Storage.Sqlite;

namespace Vigil.Tests.Storage;

public sealed class VigilGrainStorageTests : IAsyncLifetime
{
    private static readonly GrainId Execution = GrainId.Create("execution", "e1");
    private readonly TemporaryFolder _folder = new();
    private VigilGrainStorage _storage = null!;

    private SqliteStore Store { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Store = new(new() { DataFolder = _folder.Path });
        await Store.OpenAsync(CancellationToken.None);
        _storage = new(Store, new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
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

        await _storage.ReadStateAsync("counter", Execution, read);

        Assert.Equal((0, null, false), (read.State!.Count, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task WriteStateAsync_ThenRead_GivesTheSameStateAndETag()
    {
        var written = new GrainState<Counter>(new Counter { Count = 5 }, eTag: null);
        await _storage.WriteStateAsync("counter", Execution, written);
        var read = new GrainState<Counter>();

        await _storage.ReadStateAsync("counter", Execution, read);

        Assert.NotNull(written.ETag);
        Assert.True(written.RecordExists);
        Assert.Equal((5, written.ETag, true), (read.State!.Count, read.ETag, read.RecordExists));
    }

    [Fact]
    public async Task WriteStateAsync_SomebodyElseWroteFirst_IsInconsistentWithBothETagsAndChangesNothing()
    {
        var mine = new GrainState<Counter>(new Counter { Count = 1 }, eTag: null);
        await _storage.WriteStateAsync("counter", Execution, mine);
        var theirs = new GrainState<Counter>(new Counter { Count = 2 }, mine.ETag);
        await _storage.WriteStateAsync("counter", Execution, theirs);
        var before = mine.ETag;

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("counter", Execution, mine));

        Assert.Equal((theirs.ETag, before), (error.StoredEtag, error.CurrentEtag));
        Assert.IsType<StoreConflictException>(error.InnerException);
        Assert.Equal(before, mine.ETag);
    }

    [Fact]
    public async Task WriteStateAsync_FirstWriteOfARecordThatIsThere_IsInconsistent()
    {
        await _storage.WriteStateAsync("counter", Execution, new GrainState<Counter>(new(), eTag: null));

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.WriteStateAsync("counter", Execution, new GrainState<Counter>(new(), eTag: null)));
    }

    [Fact]
    public async Task ClearStateAsync_OwnETag_RemovesTheRecordAndEmptiesTheState()
    {
        var state = new GrainState<Counter>(new Counter { Count = 5 }, eTag: null);
        await _storage.WriteStateAsync("counter", Execution, state);

        await _storage.ClearStateAsync("counter", Execution, state);

        Assert.Equal((0, null, false), (state.State!.Count, state.ETag, state.RecordExists));
        await _storage.WriteStateAsync("counter", Execution, state);
        Assert.True(state.RecordExists);
    }

    [Fact]
    public async Task ClearStateAsync_OldETag_IsInconsistent()
    {
        var state = new GrainState<Counter>(new Counter { Count = 5 }, eTag: null);
        await _storage.WriteStateAsync("counter", Execution, state);

        await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.ClearStateAsync("counter", Execution, new GrainState<Counter>(new(), "1") { RecordExists = true }));
    }

    [Fact]
    public async Task States_OfOneGrainUnderTwoNames_AreTwo()
    {
        await _storage.WriteStateAsync("a", Execution, new GrainState<Counter>(new Counter { Count = 1 }, eTag: null));
        await _storage.WriteStateAsync("b", Execution, new GrainState<Counter>(new Counter { Count = 2 }, eTag: null));
        await _storage.WriteStateAsync("a", GrainId.Create("other", "e1"), new GrainState<Counter>(new Counter { Count = 3 }, eTag: null));
        var read = new GrainState<Counter>();

        await _storage.ReadStateAsync("a", Execution, read);

        Assert.Equal(1, read.State!.Count);
    }

    [Fact]
    public async Task WriteStateAsync_AnExecution_WritesItsColumnsEventAndPayloads()
    {
        await _storage.WriteStateAsync("any", Execution, new GrainState<ExecutionRecord>(new() { Name = "one" }, eTag: null));

        var stored = await Store.ReadAsync(Sample.Execution("e1"));
        Assert.Equal("""{"Name":"one"}""", stored!.Text());
        Assert.Equal("e1", await Store.FindByRemoteIdAsync("acme", "r-one"));
        Assert.Equal("\"one\"", await Store.ReadPayloadAsync("e1", Payload.Input));
        Assert.Equal("\"one\"", Encoding.UTF8.GetString(Assert.Single(await Store.ReadEventsAsync(0, 10)).ExecutionJson.Span));
    }

    [Fact]
    public async Task WriteStateAsync_ARemoteIdThatIsTaken_NamesTheHolder()
    {
        await _storage.WriteStateAsync("any", Execution, new GrainState<ExecutionRecord>(new() { Name = "one" }, eTag: null));

        var error = await Assert.ThrowsAsync<InconsistentStateException>(
            () => _storage.WriteStateAsync("any", GrainId.Create("execution", "e2"), new GrainState<ExecutionRecord>(new() { Name = "one" }, eTag: null)));

        Assert.Equal("e1", Assert.IsType<StoreConflictException>(error.InnerException).RemoteIdHolder);
    }

    [Fact]
    public async Task WriteStateAsync_AStep_IsReadWithItsExecution()
    {
        await _storage.WriteStateAsync(
            VigilStorage.StepStateName, GrainId.Create("step", "e1/s1"), new GrainState<Counter>(new Counter { Count = 1 }, eTag: null));

        Assert.Equal("e1/s1", Assert.Single(await Store.ReadStepsAsync("e1")).Id);
    }

    [Fact]
    public async Task WriteStateAsync_StateIsNull_IsAnArgumentError() => await Assert.ThrowsAsync<ArgumentException>(
        () => _storage.WriteStateAsync("counter", Execution, new GrainState<Counter>(state: null, eTag: null)));

    [Fact]
    public async Task ReadStateAsync_OfATypeWithoutAnEmptyConstructor_MakesItEmpty()
    {
        var read = new GrainState<Pair>();

        await _storage.ReadStateAsync("pair", Execution, read);

        Assert.Equal((null, 0), (read.State!.Left, read.State.Right));
    }

    internal sealed class Counter
    {
        public int Count { get; set; }
    }

    internal sealed record Pair(string? Left, int Right);

    internal sealed record ExecutionRecord : IStoredExecution
    {
        public required string Name { get; init; }

        public ExecutionColumns GetColumns() => Sample.Columns() with { RemoteId = $"r-{Name}" };

        public NewEvent? GetEvent() => Sample.Event(ExecutionEventTypes.Accepted, 1) with { ExecutionJson = JsonSerializer.SerializeToUtf8Bytes(Name) };

        public ImmutableArray<Payload> GetPayloads() => [new(Payload.Input, JsonSerializer.Serialize(Name))];
    }
}
