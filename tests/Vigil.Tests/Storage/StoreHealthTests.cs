using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Vigil.Storage;
using Vigil.Storage.Sqlite;
using Vigil.Storage.Writing;

namespace Vigil.Tests.Storage;

public sealed class StoreHealthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();
    private readonly StoreHealth _health;
    private Func<Task> _probe = () => Task.CompletedTask;
    private int _probes;

    public StoreHealthTests()
    {
        _health = new(_time, _lines);
        _health.ProbeWith(async () =>
        {
            Interlocked.Increment(ref _probes);
            await _probe();
        });
    }

    public void Dispose()
    {
        _health.Dispose();
        _folder.Delete();
    }

    [Fact]
    public async Task LongOutage_HasOneLineAtItsBeginning_OneAMinute_AndOneAtItsEnd()
    {
        _probe = () => throw new StoreException("The disk is full.");
        for (var i = 0; i < 1000; i++)
        {
            _health.Fail(10, "The disk is full.");
        }

        Assert.True(_health.IsFailing);
        Assert.False(await _health.CanWriteAsync());
        var writable = _health.WhenWritableAsync(CancellationToken.None);
        await AdvanceUntilAsync(() => _lines.Count == 3);
        Assert.False(writable.IsCompleted);
        Assert.InRange(_probes, 30, 120);

        _probe = () => Task.CompletedTask;
        await AdvanceUntilAsync(() => _lines.Count == 4);
        await writable;

        Assert.False(_health.IsFailing);
        Assert.True(await _health.CanWriteAsync());
        Assert.Equal(["Store lost: The di", "Store lost for 6", "Store lost for 1", "Store back after"], _lines.Select((line, i) => line[..(i == 0 ? 18 : 16)]));
        Assert.Contains("10000 writes", _lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NothingWrittenLately_IsTriedByAWrite()
    {
        Assert.True(await _health.CanWriteAsync());
        Assert.Equal(0, _probes);

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(await _health.CanWriteAsync());
        Assert.Equal(1, _probes);

        _probe = () => throw new StoreException("The disk is full.");
        Assert.False(await _health.CanWriteAsync());
    }

    [Fact]
    public async Task FullDisk_IsNoticedByTheProbe_AndByNothingThatWritesNothing()
    {
        using var health = new StoreHealth();
        var hook = new FailingHook();
        await using var store = new SqliteStore(new() { DataFolder = _folder.Path, Health = health, Hook = hook });
        await store.OpenAsync(CancellationToken.None);

        hook.Fails = true;
        await Assert.ThrowsAsync<StoreException>(() => store.SetOwnerAsync(["e"], "o"));
        Assert.True(health.IsFailing);
        hook.Fails = false;
        await store.SetOwnerAsync(["e"], "o");
        Assert.True(health.IsFailing);

        await health.WhenWritableAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(5));
        Assert.False(health.IsFailing);
    }

    [Fact]
    public async Task Probe_OfSqlite_WritesToTheFile()
    {
        await using var store = new SqliteStore(new() { DataFolder = _folder.Path, Health = _health });
        await store.OpenAsync(CancellationToken.None);
        var log = new FileInfo(Path.Combine(_folder.Path, "vigil.db-wal"));
        var before = log.Length;

        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(await _health.CanWriteAsync());

        log.Refresh();
        Assert.True(log.Length > before);
    }

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while (!condition())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private sealed class FailingHook : IWriteHook
    {
        public volatile bool Fails;

        public void Reached(WritePoint point)
        {
            if (Fails)
            {
                throw new StoreException("The disk is full.");
            }
        }
    }

    private sealed class Lines : ConcurrentQueue<string>, ILogger<StoreHealth>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Enqueue(formatter(state, exception));
    }
}
