using System.Threading.Channels;

namespace Vigil.Grains.Recovery;

/// <summary>
/// Wakes executions at a bounded rate, so that taking over a hundred thousand of them does not overload the cluster. An execution is queued at most once;
/// one that does not fit is found again by the next audit. While the store cannot be written nothing is woken, because what wakes writes.
/// </summary>
internal sealed partial class WakeQueue(
    IGrainFactory grains, StoreHealth store, IOptions<RecoveryOptions> options, TimeProvider time, ILogger<WakeQueue> logger) : IDisposable
{
    private const int PerRound = 100;

    // Sufficient for the rate if a wake takes a tenth of a second. If it takes longer, executions wait here, where they cannot time out.
    private const int MaxConcurrentCalls = 200;
    private const int Limit = 200_000;
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1);
    private readonly TimeSpan _round = TimeSpan.FromSeconds((double)PerRound / options.Value.MaxWakesPerSecond);

    private readonly Channel<LiveRow> _queue = Channel.CreateBounded<LiveRow>(Limit);
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _calls = new(MaxConcurrentCalls);

    public Random Random { get; init; } = Random.Shared;

    /// <summary>Queues an execution; returns false if it is already queued or the queue is full.</summary>
    public bool Add(LiveRow row)
    {
        lock (_waiting)
        {
            return !_waiting.Contains(row.ExecutionId) && _queue.Writer.TryWrite(row) && _waiting.Add(row.ExecutionId);
        }
    }

    /// <summary>Queues an execution a second or two later, because what it was doing has just failed. Executions that failed together do not return together.</summary>
    public void AddLater(LiveRow row) => _ = AddLaterAsync(row);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            await store.WhenWritableAsync(cancellationToken);
            for (var i = 0; i < PerRound && _queue.Reader.TryRead(out var row); i++)
            {
                await _calls.WaitAsync(cancellationToken);
                _ = WakeAsync(row);
            }

            // Jittered, so that silos that take over at the same time do not call in step.
            await Task.Delay(_round * (0.5 + Random.NextDouble()), time, cancellationToken);
        }
    }

    public void Dispose() => _calls.Dispose();

    private async Task AddLaterAsync(LiveRow row)
    {
        await Task.Delay(Later * (1 + (IdHash.Of(row.ExecutionId) % 1000 / 1000.0)), time);
        Add(row);
    }

    private async Task WakeAsync(LiveRow row)
    {
        RequestContext.Set(ConnectionKey.PlacementHint, row.Connection);
        try
        {
            await grains.GetGrain<IWatchedExecution>(row.ExecutionId).WakeAsync();
        }
        catch (Exception e)
        {
            // The store still shows it as unwatched, so the next audit finds it again.
            LogNotWoken(store.FailureLevel, row.ExecutionId, e);
        }
        finally
        {
            _calls.Release();
            lock (_waiting)
            {
                _waiting.Remove(row.ExecutionId);
            }
        }
    }

    [LoggerMessage(EventId = 1004, Message = "Execution {ExecutionId} could not be woken; the next audit retries")]
    private partial void LogNotWoken(LogLevel level, string executionId, Exception exception);
}
