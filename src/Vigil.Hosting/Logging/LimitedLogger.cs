using System.Data.Common;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Vigil.Storage;

namespace Vigil.Hosting.Logging;

/// <summary>A logger whose warnings and errors are bounded in number, and take one line of bounded length each, their exception included.</summary>
internal sealed class LimitedLogger(ILogger inner, string category, LogLimit limit) : ILogger
{
    private const int MaxLength = 1800;
    private const int MaxMessage = 600;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel is not (LogLevel.Warning or LogLevel.Error))
        {
            inner.Log(logLevel, eventId, state, exception, formatter);
        }
        else if (inner.IsEnabled(logLevel) && limit.TryTake(category, eventId.Id))
        {
            inner.Log(logLevel, eventId, state, null, (said, _) => OneLine(formatter(said, exception), exception));
        }
    }

    private static bool IsOutage(Exception exception) =>
        exception is StoreException or OrleansException or DbException or SocketException or IOException or TimeoutException or OperationCanceledException
        || (exception.InnerException is { } inner && IsOutage(inner));

    private static string CauseOf(Exception exception)
    {
        var text = $"{exception.GetType().Name}: {exception.Message}";
        return exception.InnerException is { } inner && !text.Contains(inner.Message, StringComparison.Ordinal) ? $"{text} ({CauseOf(inner)})" : text;
    }

    private static string OneLine(string message, Exception? exception) => exception is null
        ? Cut(message, MaxLength)

        // The stack of an outage shows where it was met, never why it happened; that of anything else needs room beside the message.
        : Cut(IsOutage(exception) ? $"{message}: {CauseOf(exception)}" : $"{Cut(message, MaxMessage)}: {exception}", MaxLength);

    private static string Cut(string text, int maxLength)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= maxLength ? line : $"{line.AsSpan(0, maxLength)}…";
    }
}
