using System.Threading.Channels;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Wakes waiting readers when events can be read: immediately for this process's events, at the next interval for those of other processes. A
/// committed event that follows one whose transaction is still open wakes no reader, because it cannot be read yet.
/// </summary>
internal sealed class PostgresEventTail : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<long>> _readHead;
    private readonly EventSignal _signal = new();
    private readonly Channel<bool> _checks = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Task _checking;
    private int _waiting;

    /// <param name="head">The number of the last event at startup.</param>
    /// <param name="readHead">Reads the number of the last event that can be read.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <param name="interval">The time between checks for events of other processes.</param>
    public PostgresEventTail(long head, Func<CancellationToken, Task<long>> readHead, TimeProvider time, TimeSpan interval)
    {
        _readHead = readHead;
        _signal.Advance(head);
        _checking = CheckAsync();
        _timer = time.CreateTimer(_ => CheckSoon(), null, interval, interval);
    }

    /// <summary>Checks for new events as soon as the current check is done, if a reader waits.</summary>
    public void CheckSoon()
    {
        if (Volatile.Read(ref _waiting) > 0)
        {
            _checks.Writer.TryWrite(true);
        }
    }

    /// <summary>Records that no event after a number can be read, so that the next call for it waits.</summary>
    public void FoundNothingAfter(long seq) => _signal.Retract(seq);

    /// <summary>Completes once an event after this number can be read.</summary>
    public async Task WaitAsync(long afterSeq, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _signal.WaitAsync(afterSeq, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stop.CancelAsync();
        await _checking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task CheckAsync()
    {
        await foreach (var _ in _checks.Reader.ReadAllAsync(_stop.Token))
        {
            try
            {
                _signal.Advance(await _readHead(_stop.Token));
            }
            catch (StoreException)
            {
                // Readers get the error from their own reads; the next interval checks again.
            }
        }
    }
}
