using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>
/// Keeps the wanted subjects subscribed over one connection to NATS. It connects when the first subject is added and reconnects whenever the
/// connection is lost. If the server rejects a subject, the others stay subscribed, and it is retried after pauses that grow.
/// </summary>
internal sealed class NatsSubscriptions : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>The pauses before rejected subjects are retried. Limits and permissions change rarely, and each retry is an error in the server's log.</summary>
    private static readonly Backoff RejectedRetries = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30));

    /// <summary>How long a connection must have lasted for the next attempt to be immediate.</summary>
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);

    private readonly NatsConnection _connection;
    private readonly Action<string> _onMessage;
    private readonly Action _onReconnected;
    private readonly TimeProvider _time;
    private readonly NatsHealth _health;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _work;
    private long? _openedAt;
    private int _rejectedRetries;
    private bool _isRetryPlanned;

    // A single task applies all changes, so the server gets them in the order in which they are recorded.
    private readonly Channel<Action> _changes = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SubjectQueue _subjects = new();
    private readonly Dictionary<string, HintSubscription> _live = new(StringComparer.Ordinal);

    public NatsSubscriptions(NatsOpts options, Action<string> onMessage, Action onReconnected, TimeProvider time, ILogger logger)
    {
        _onMessage = onMessage;
        _onReconnected = onReconnected;
        _time = time;
        _health = new(time, logger);
        _connection = new(options) { OnConnectingAsync = DelayAfterShortConnectionAsync };
        _connection.ConnectionOpened += OnOpenedAsync;
        _connection.ConnectionDisconnected += OnDisconnectedAsync;
        _connection.ServerError += OnServerErrorAsync;
        _work = new(() => Task.Run(WorkAsync));
    }

    public PushStatus Status => _health.Status;

    public void Add(string subject)
    {
        Change(() => _subjects.Add(subject));
        _ = _work.Value;
    }

    public void Remove(string subject) => Change(() => _subjects.Remove(subject));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_work.IsValueCreated)
        {
            await _work.Value;
        }

        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private void Change(Action change) => _changes.Writer.TryWrite(change);

    private async Task WorkAsync()
    {
        try
        {
            _health.Connecting();
            await RetryAsync(ConnectAsync);
            while (await _changes.Reader.WaitToReadAsync(_stop.Token))
            {
                while (TryNext(out var subject, out var subscribe))
                {
                    await RetryAsync(() => subscribe ? SubscribeAsync(subject) : UnsubscribeAsync(subject));
                }

                _health.Counted(_subjects.Subscribed, _subjects.Refused);
                if (_subjects.IsComplete)
                {
                    _rejectedRetries = 0;
                    _health.Accepted();
                }
                else if (!_isRetryPlanned)
                {
                    _isRetryPlanned = true;
                    _ = RetryRejectedLaterAsync();
                }
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or NatsException)
        {
            // Closing the connection ends its subscriptions.
        }
    }

    private async Task RetryRejectedLaterAsync()
    {
        var delay = RejectedRetries.Delay(_rejectedRetries + 1, Random.Shared);
        await Task.Delay(delay, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Change(() =>
        {
            _isRetryPlanned = false;
            _rejectedRetries = _subjects.IsRetrying ? 0 : _rejectedRetries + 1;
            _subjects.Retry();
        });
    }

    private bool TryNext([NotNullWhen(true)] out string? subject, out bool subscribe)
    {
        while (_changes.Reader.TryRead(out var change))
        {
            change();
        }

        return _subjects.TryNext(out subject, out subscribe);
    }

    private Task ConnectAsync() => _connection.ConnectAsync().AsTask().WaitAsync(_stop.Token);

    private async Task SubscribeAsync(string subject)
    {
        _live[subject] = new HintSubscription(_connection, subject, _onMessage);
        await _connection.AddSubAsync(_live[subject], _stop.Token);
    }

    private async Task UnsubscribeAsync(string subject)
    {
        if (_live.TryGetValue(subject, out var subscription))
        {
            // While the server is unreachable, unsubscriptions would only fill the client's buffer.
            await ConnectAsync();
            await subscription.DisposeAsync();
            _live.Remove(subject);
        }
    }

    private async Task RetryAsync(Func<Task> step)
    {
        while (true)
        {
            try
            {
                await step();
                return;
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                // Lost connections and server errors are logged by the event handlers.
                if (e is not OperationCanceledException && e.GetBaseException() is not NatsServerException)
                {
                    _health.Failed(e.InnerException is null ? "no server can be reached" : e.GetBaseException().Message);
                }
            }

            await DelayAsync(RetryDelay);
        }
    }

    private async ValueTask<(string Host, int Port)> DelayAfterShortConnectionAsync((string Host, int Port) target)
    {
        if (_openedAt is { } opened && _time.GetElapsedTime(opened) < StableAfter)
        {
            // A server that drops every connection immediately must not be reconnected to in a tight loop.
            await DelayAsync(RetryDelay);
        }

        return target;
    }

    private Task DelayAsync(TimeSpan delay) => Task.Delay(delay * (0.5 + Random.Shared.NextDouble()), _time, _stop.Token);

    private ValueTask OnOpenedAsync(object? sender, NatsEventArgs opened)
    {
        _health.Opened(server: opened.Message);
        if (_openedAt is not null)
        {
            _onReconnected();
        }

        _openedAt = _time.GetTimestamp();
        return default;
    }

    private ValueTask OnDisconnectedAsync(object? sender, NatsEventArgs disconnected)
    {
        _health.Lost();
        Change(_subjects.Reset);
        Change(_health.Reset);
        return default;
    }

    private ValueTask OnServerErrorAsync(object? sender, NatsServerErrorEventArgs args)
    {
        // The client does not recognize the spelling of the limit error that servers send.
        Action? reject =
            args.Error.StartsWith("maximum subscriptions", StringComparison.OrdinalIgnoreCase) ? _subjects.ReachedLimit
            : args.Kind == NatsServerErrorKind.PermissionsViolation && args.Error.Split('"') is [_, var subject, ..] ? () => _subjects.Denied(subject)
            : null;
        if (reject is null)
        {
            _health.Reported(args.Error);
        }
        else
        {
            Change(reject);
            Change(() => _health.Rejected(args.Error));
        }

        return default;
    }
}

/// <summary>Reports the subject of each message; payloads are neither copied nor queued, because a hint needs none.</summary>
internal sealed class HintSubscription(NatsConnection connection, string subject, Action<string> onMessage)
    : NatsSubBase(connection, connection.SubscriptionManager, subject, queueGroup: null, opts: null)
{
    protected override ValueTask ReceiveInternalAsync(
        string subject, string? replyTo, ReadOnlySequence<byte>? headersBuffer, ReadOnlySequence<byte> payloadBuffer)
    {
        onMessage(subject);
        return default;
    }

    // No messages are queued, so there is nothing to complete.
    protected override void TryComplete()
    {
    }
}
