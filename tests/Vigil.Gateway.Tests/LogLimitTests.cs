using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Vigil.Hosting.Logging;
using Vigil.Storage;

namespace Vigil.Gateway.Tests;

public sealed class LogLimitTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();
    private readonly LogLimit _limit;

    public LogLimitTests() => _limit = new(_lines, _time);

    public void Dispose() => _limit.Dispose();

    [Fact]
    public void Warning_ManyOfOneKind_AFewAreWrittenAndTheRestIsCountedOnce()
    {
        var logger = new LimitedLogger(_lines, "Vigil.Test", _limit);
        for (var i = 0; i < 10; i++)
        {
            logger.Log(LogLevel.Warning, new(7), "lost", null, static (state, _) => state);
        }

        Assert.Equal(["lost", "lost", "lost"], _lines.Written);

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Contains("Vigil.Test[7]", Assert.Single(_lines.Written.Skip(3)), StringComparison.Ordinal);
        Assert.Contains("7", _lines.Written[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Warning_OfAnotherKindOrOfAnotherMinute_IsWritten()
    {
        var logger = new LimitedLogger(_lines, "Vigil.Test", _limit);
        for (var i = 0; i < 4; i++)
        {
            logger.Log(LogLevel.Error, new(1), "one", null, static (state, _) => state);
        }

        logger.Log(LogLevel.Error, new(2), "two", null, static (state, _) => state);
        _time.Advance(TimeSpan.FromMinutes(1));
        logger.Log(LogLevel.Error, new(1), "again", null, static (state, _) => state);

        Assert.Contains("two", _lines.Written);
        Assert.Equal("again", _lines.Written[^1]);
    }

    [Fact]
    public void Warning_WithAnOutage_IsOneLineWithItsCause()
    {
        new LimitedLogger(_lines, "Vigil.Test", _limit).Log(
            LogLevel.Warning, new(1), "The write failed", new StoreException("The disk is\nfull."), static (state, _) => state);

        Assert.Equal("The write failed: StoreException: The disk is full.", Assert.Single(_lines.Written));
    }

    [Fact]
    public void Warning_WithAnotherException_IsOneLineOfBoundedLengthWithItsStack()
    {
        new LimitedLogger(_lines, "Vigil.Test", _limit).Log(
            LogLevel.Error, new(1), new string('x', 5000), new InvalidOperationException("It is\n" + new string('y', 5000)), static (state, _) => state);

        var line = Assert.Single(_lines.Written);
        Assert.Contains("InvalidOperationException: It is y", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 1000, 1900);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
