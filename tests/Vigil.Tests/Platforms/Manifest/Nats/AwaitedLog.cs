using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Vigil.Tests.Platforms.Manifest.Nats;

/// <summary>Keeps what is logged, from any thread, and can be awaited.</summary>
internal sealed class AwaitedLog : ILogger
{
    private readonly ConcurrentQueue<string> _all = new();
    private readonly Channel<string> _unread = Channel.CreateUnbounded<string>();

    public IReadOnlyCollection<string> All => _all;

    public bool HasUnread => _unread.Reader.Count > 0;

    public async Task<string> NextAsync() => await _unread.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Waits for an unread line, but not for long.</summary>
    public async Task MovedAsync()
    {
        Task added = _unread.Reader.WaitToReadAsync().AsTask();
        await added.WaitAsync(TimeSpan.FromMilliseconds(50)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel}: {formatter(state, exception)} {exception}";
        _all.Enqueue(line);
        _unread.Writer.TryWrite(line);
    }
}
