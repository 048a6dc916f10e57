using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Vigil.Storage;

/// <summary>
/// Whether this process can write to the store. The first write that fails tells it, and while writes fail a write of its own is repeated until one
/// succeeds: other writes wait for that instead of being tried again and again, and one log line a minute speaks for all of them.
/// </summary>
public sealed partial class StoreHealth : IDisposable
{
    private static readonly Backoff Probes = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);

    // A write this recent shows readers of the readiness that the store can be written.
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _sync = new();
    private Func<Task> _probe = () => Task.CompletedTask;
    private TaskCompletionSource _back = New();
    private bool _isFailing;
    private long _failingSince;
    private long _succeededAt;
    private long _recoveredAt;
    private long _failedWrites;
    private int _probes;
    private string? _error;

    /// <summary>Initializes a new instance of the <see cref="StoreHealth"/> class.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where it is reported that the store is lost and that it is back.</param>
    public StoreHealth(TimeProvider? time = null, ILogger<StoreHealth>? logger = null)
    {
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<StoreHealth>.Instance;
        _succeededAt = _recoveredAt = _failingSince = _time.GetTimestamp();
    }

    /// <summary>Gets a value indicating whether writes fail at present.</summary>
    public bool IsFailing => Volatile.Read(ref _isFailing);

    /// <summary>Gets how many of its own writes it has tried since the store was lost.</summary>
    internal int Probed => Volatile.Read(ref _probes);

    /// <summary>Gets the level at which a single failure is logged that the store may be to blame for: while writes fail, this class speaks for all.</summary>
    public LogLevel FailureLevel => IsFailing ? LogLevel.Debug : LogLevel.Warning;

    /// <summary>Gets a task that completes the next time that writes succeed again.</summary>
    public Task NextRecovery
    {
        get
        {
            lock (_sync)
            {
                return _back.Task;
            }
        }
    }

    /// <summary>Completes when the store can be written: at once, unless writes fail.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WhenWritableAsync(CancellationToken cancellationToken)
    {
        var back = NextRecovery;
        return IsFailing ? back.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Tells whether the store can be written, by a write where none has succeeded lately.</summary>
    public async Task<bool> CanWriteAsync()
    {
        if (!IsFailing && _time.GetElapsedTime(Volatile.Read(ref _succeededAt)) >= Recent)
        {
            try
            {
                await _probe();
            }
            catch (StoreException)
            {
                return false;
            }
        }

        return !IsFailing;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Sets the write that finds out whether the store can be written.</summary>
    internal void ProbeWith(Func<Task> probe) => _probe = probe;

    /// <summary>Records that the store as a whole failed some writes.</summary>
    internal void Fail(int writes, string error)
    {
        lock (_sync)
        {
            _failedWrites += writes;
            _error = error;
            if (_isFailing || _stopping.IsCancellationRequested)
            {
                return;
            }

            Volatile.Write(ref _isFailing, true);
            _failingSince = _time.GetTimestamp();

            // A store that fails again at once is not probed from the beginning: it would be lost and back every second.
            _probes = _time.GetElapsedTime(_recoveredAt) < Probes.Max ? _probes : 0;
        }

        LogLost(error);
        _ = Task.Run(() => ProbeUntilBackAsync(_stopping.Token), CancellationToken.None);
    }

    /// <summary>Records that something was written.</summary>
    internal void Succeed() => Volatile.Write(ref _succeededAt, _time.GetTimestamp());

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ProbeUntilBackAsync(CancellationToken cancellationToken)
    {
        var reports = 0;
        try
        {
            while (!await TryProbeAsync(cancellationToken))
            {
                if (_time.GetElapsedTime(_failingSince) >= ReportInterval * (reports + 1))
                {
                    reports++;
                    LogStillLost(_time.GetElapsedTime(_failingSince).TotalSeconds, Volatile.Read(ref _failedWrites), _error);
                }
            }

            Recover();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process is stopping.
        }
    }

    private async Task<bool> TryProbeAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Probes.Delay(++_probes, Random.Shared), _time, cancellationToken);
        try
        {
            await _probe().WaitAsync(cancellationToken);
            return true;
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private void Recover()
    {
        TaskCompletionSource back;
        long failed;
        lock (_sync)
        {
            (failed, _failedWrites) = (_failedWrites, 0);
            (back, _back) = (_back, New());
            _recoveredAt = _time.GetTimestamp();
            Volatile.Write(ref _isFailing, false);
        }

        LogBack(_time.GetElapsedTime(_failingSince).TotalSeconds, failed);
        back.SetResult();
    }

    [LoggerMessage(6000, LogLevel.Error, "Store lost: {Error} Nothing can be stored until it is back; what is watched goes on from what is stored")]
    private partial void LogLost(string error);

    [LoggerMessage(6001, LogLevel.Error, "Store lost for {Seconds:0} s now, {FailedWrites} writes have failed: {Error}")]
    private partial void LogStillLost(double seconds, long failedWrites, string? error);

    [LoggerMessage(6002, LogLevel.Warning, "Store back after {Seconds:0.0} s; {FailedWrites} writes failed")]
    private partial void LogBack(double seconds, long failedWrites);
}
