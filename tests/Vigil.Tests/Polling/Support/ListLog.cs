using Microsoft.Extensions.Logging;

namespace Vigil.Tests.Polling.Support;

/// <summary>Keeps what was logged.</summary>
internal sealed class ListLog : ILogger
{
    public List<(LogLevel Level, EventId Id, string Text)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Add((logLevel, eventId, exception is null ? formatter(state, exception) : $"{formatter(state, exception)}: {exception}"));
}
