using Microsoft.Extensions.Logging;

namespace Vigil.Hosting.Logging;

/// <summary>
/// Leaves out three warnings that Orleans logs at every healthy start: two recommend the server garbage collector, which a silo does without on purpose
/// to stay small, and one compares with a time that is not set yet.
/// </summary>
internal sealed class HealthyStartFilter
{
    private readonly long _start = TimeProvider.System.GetTimestamp();

    public ILogger Apply(string category, ILogger logger) => category switch
    {
        "Orleans.Runtime.Silo" => new Filtered(logger, IsAdviceOnGarbageCollector),
        "Orleans.Runtime.Watchdog" => new Filtered(logger, IsOlderThanTheProcess),
        _ => logger,
    };

    private static bool IsAdviceOnGarbageCollector(string message, object? state) => message.StartsWith("Note: S", StringComparison.Ordinal);

    // The time that is not set yet counts from the start of the machine; a stall of this process is never longer than its life.
    private bool IsOlderThanTheProcess(string message, object? state) =>
        message.StartsWith("Participant check thread has not completed for", StringComparison.Ordinal)
        && state is IEnumerable<KeyValuePair<string, object?>> values
        && values.Any(value => value.Value is TimeSpan stall && stall > TimeProvider.System.GetElapsedTime(_start));

    private sealed class Filtered(ILogger logger, Func<string, object?, bool> isLeftOut) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!isLeftOut(formatter(state, exception), state))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
