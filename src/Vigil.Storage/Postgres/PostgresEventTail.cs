using System.Threading.Channels;

namespace Vigil.Storage.Postgres;

/// <summary>
/// Tells those who wait that an event can be read: this process's at once, those of others after an interval. An event that is committed but
/// lies behind one that is not is no news yet, so nobody is woken to read nothing.
/// </summary>
internal sealed class PostgresEventTail : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<long>> _readHead;
    private readonly EventSignal _signal = new();
    private readonly Channel<bool> _looks = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private readonly Task _looking;
    private int _waiting;

    /// <param name="head">The number of the last event at the beginning.</param>
    /// <param name="readHead">Reads that number.</param>
    /// <param name="time">The clock of the interval.</param>
    /// <param name="interval">How soon events of others are seen.</param>
    public PostgresEventTail(long head, Func<CancellationToken, Task<long>> readHead, TimeProvider time, TimeSpan interval)
    {
        _readHead = readHead;
        _signal.Advance(head);
        _looking = LookAsync();
        _timer = time.CreateTimer(_ => LookSoon(), null, interval, interval);
    }

    /// <summary>Looks as soon as the look under way is done, if anybody waits.</summary>
    public void LookSoon()
    {
        if (Volatile.Read(ref _waiting) > 0)
        {
            _looks.Writer.TryWrite(true);
        }
    }

    /// <summary>Notes that nothing after a number could be read, so that the next one who asks for it waits.</summary>
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
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        await foreach (var _ in _looks.Reader.ReadAllAsync(_stop.Token))
        {
            try
            {
                _signal.Advance(await _readHead(_stop.Token));
            }
            catch (StoreException)
            {
                // No waiter is woken; readers get the error themselves, and the next look is due in an interval.
            }
        }
    }
}
