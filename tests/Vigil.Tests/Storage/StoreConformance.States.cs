using Vigil.Storage;

namespace Vigil.Tests.Storage;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task ReadAsync_NothingWritten_ReturnsNull() =>
        Assert.Null(await Store.ReadAsync(Sample.Execution("e1")));

    [Theory]
    [InlineData(StateKind.Execution, "e1")]
    [InlineData(StateKind.Step, "e1/s1")]
    [InlineData(StateKind.Other, "connection/acme")]
    public async Task WriteAsync_FirstThenNext_ReadsBackWithTheNewETag(StateKind kind, string id)
    {
        var key = new StateKey(kind, id);
        var first = await Store.WriteAsync(Write(key, "1", expected: null));
        var second = await Store.WriteAsync(Write(key, "2", first));

        var stored = await Store.ReadAsync(key);

        Assert.NotNull(stored);
        Assert.NotEqual(first, second);
        Assert.Equal(("2", second, id), (stored.Text(), stored.ETag, stored.Id));
    }

    [Theory]
    [InlineData(StateKind.Execution, "e1")]
    [InlineData(StateKind.Step, "e1/s1")]
    [InlineData(StateKind.Other, "connection/acme")]
    public async Task WriteAsync_ETagIsNotTheStored_ThrowsWithBoth(StateKind kind, string id)
    {
        var key = new StateKey(kind, id);
        var first = await Store.WriteAsync(Write(key, "1", expected: null));
        var second = await Store.WriteAsync(Write(key, "2", first));

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync(Write(key, "3", first)));

        Assert.Equal((key, first, second), (conflict.Key, conflict.ExpectedETag, conflict.StoredETag));
        Assert.Equal("2", (await Store.ReadAsync(key))!.Text());
    }

    private static StateWrite Write(StateKey key, string json, string? expected) => new()
    {
        Key = key,
        Json = Sample.Json(json),
        ExpectedETag = expected,
        Columns = key.Kind == StateKind.Execution ? Sample.Columns() : null,
    };
}
