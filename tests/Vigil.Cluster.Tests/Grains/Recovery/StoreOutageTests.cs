using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Vigil.Cluster.Tests.Grains.Support;

namespace Vigil.Cluster.Tests.Grains.Recovery;

/// <summary>A store that cannot be written for a while costs little, is seen by the readiness, and is forgotten within seconds.</summary>
public sealed class StoreOutageTests
{
    private const int Executions = 110;

    [Fact]
    public async Task FullDisk_IsWaitedForQuietly_AndAllGoesOnAfterwards()
    {
        using var log = new Warnings();
        await using var cluster = await VigilCluster.StartAsync(configure: cluster => cluster.ConfigureSilos = silo => silo.ConfigureLogging(logging => logging.AddProvider(log)));
        var ids = Enumerable.Range(0, Executions).Select(_ => VigilCluster.NewId()).ToList();
        await Task.WhenAll(ids.Select(id => cluster.Execution(id).StartAsync(VigilCluster.Request())));
        await cluster.Platform.WaitForAsync(platform => ids.TrueForAll(id => platform.PollsOf(id) > 0), "all were polled");
        var query = cluster.Grains.GetGrain<IQueryGrain>(IQueryGrain.Key);
        Assert.DoesNotContain("store", await query.ListMissingAsync());

        log.Lines.Clear();
        cluster.Disk.IsFull = true;
        ids.ForEach(id => cluster.Platform.Set(id, ExecutionStatus.Succeeded));
        await Eventually.Async(() => cluster.StoreHealth.IsFailing, "the store is lost");
        Assert.Contains("store", await query.ListMissingAsync());

        // Each execution meets the failure once, or twice where a report was under way; from then on only the probe does.
        var met = cluster.Disk.Failures;
        await Eventually.Async(() => cluster.Disk.Failures >= met + 5, "the store was tried");
        await Eventually.Async(() => cluster.StoreHealth.Probed >= 5, "the probe alone went on");
        Assert.InRange(cluster.Disk.Failures, 5, 3 * Executions);
        Assert.True(log.Lines.Count < 50, $"{log.Lines.Count} lines: {string.Join('\n', log.Lines.Take(100))}");

        cluster.Disk.IsFull = false;
        await Eventually.Async(() => !cluster.StoreHealth.IsFailing, "the store is back");
        await Task.WhenAll(ids.Select(cluster.Store.EventsUntilEndAsync));
        Assert.DoesNotContain("store", await query.ListMissingAsync());
        Assert.Equal(Executions, cluster.Platform.Started.Count);
    }

    private sealed class Warnings : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
