using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>
/// Keeps the wanted subjects subscribed over one connection to NATS. It connects when the first subject is wanted, and again by itself whenever the
/// connection is lost. What the server refuses never ends the rest.
/// </summary>
internal sealed class NatsSubscriptions : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection must last so that the next one is tried at once.</summary>
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);

    private readonly NatsConnection _connection;
    private readonly Action<string> _heard;
    private readonly Action _reconnected;
    private readonly TimeProvider _time;
    private readonly NatsHealth _health;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _work;
    private long? _openedAt;

    // One task makes all changes, so that the server gets them in the order in which they are recorded.
    private readonly Channel<Action> _changes = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SubjectQueue _subjects = new();
    private readonly Dictionary<string, HintSubscription> _live = new(StringComparer.Ordinal);

    public NatsSubscriptions(NatsOpts options, Action<string> heard, Action reconnected, TimeProvider time, ILogger logger)
    {
        _heard = heard;
        _reconnected = reconnected;
        _time = time;
        _health = new(logger);
        _connection = new(options) { OnConnectingAsync = DelayAfterShortConnectionAsync };
        _connection.ConnectionOpened += OnOpenedAsync;
        _connection.ConnectionDisconnected += OnDisconnectedAsync;
        _connection.ServerError += OnServerErrorAsync;
        _work = new(() => Task.Run(WorkAsync));
    }

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
            await UntilItWorksAsync(ConnectAsync);
            while (await _changes.Reader.WaitToReadAsync(_stop.Token))
            {
                while (TryNext(out var subject, out var subscribe))
                {
                    await UntilItWorksAsync(() => subscribe ? SubscribeAsync(subject) : UnsubscribeAsync(subject));
                }

                if (_subjects.IsComplete)
                {
                    _health.Accepted();
                }
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or NatsException)
        {
            // The end of the connection ends its subscriptions.
        }
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
        _live[subject] = new HintSubscription(_connection, subject, _heard);
        await _connection.AddSubAsync(_live[subject], _stop.Token);
    }

    private async Task UnsubscribeAsync(string subject)
    {
        if (_live.TryGetValue(subject, out var subscription))
        {
            // While the server is away, what it should be told would only fill the client's buffer.
            await ConnectAsync();
            await subscription.DisposeAsync();
            _live.Remove(subject);
        }
    }

    private async Task UntilItWorksAsync(Func<Task> step)
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
                // The loss of a connection and the server's own words are reported by their events.
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
            // A server that drops every connection at once must not be called again at once each time.
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
            _reconnected();
        }

        _openedAt = _time.GetTimestamp();
        return default;
    }

    private ValueTask OnDisconnectedAsync(object? sender, NatsEventArgs disconnected)
    {
        _health.Failed("the connection was lost");
        Change(_subjects.StartOver);
        Change(_health.StartOver);
        return default;
    }

    private ValueTask OnServerErrorAsync(object? sender, NatsServerErrorEventArgs args)
    {
        // The client looks for another spelling of the limit than servers send.
        Action? refuse =
            args.Error.StartsWith("maximum subscriptions", StringComparison.OrdinalIgnoreCase) ? _subjects.ReachedLimit
            : args.Kind == NatsServerErrorKind.PermissionsViolation && args.Error.Split('"') is [_, var subject, ..] ? () => _subjects.Denied(subject)
            : null;
        if (refuse is null)
        {
            _health.Failed(args.Error);
        }
        else
        {
            Change(refuse);
            Change(() => _health.Refused(args.Error));
        }

        return default;
    }
}
