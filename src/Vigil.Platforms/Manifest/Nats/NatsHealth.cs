using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>Knows the state of a NATS connection, and logs its changes, each only once.</summary>
internal sealed partial class NatsHealth(TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _failures = new();
    private readonly Lock _lock = new();
    private PushStatus _status = PushStatus.Off;
    private bool _isConnected;
    private bool _isRejecting;
    private int _subscribed;
    private int _refused;

    public PushStatus Status
    {
        get
        {
            lock (_lock)
            {
                return _status;
            }
        }
    }

    public void Connecting() => Change(() => { });

    public void Opened(string server)
    {
        _failures.Clear();
        Change(() => _isConnected = true);
        LogConnected(server);
    }

    public void Lost()
    {
        Change(() => _isConnected = false);
        Failed("the connection was lost");
    }

    /// <summary>Records that the server cannot be reached or does not accept this client.</summary>
    public void Failed(string reason)
    {
        if (IsNews(reason, out var text))
        {
            LogFailed(text);
        }
    }

    /// <summary>Records an error that does not by itself end the connection.</summary>
    public void Reported(string error)
    {
        if (IsNews(error, out var text))
        {
            LogReported(text);
        }
    }

    /// <summary>Records that a subscription was rejected; the connection itself still works.</summary>
    public void Rejected(string error)
    {
        var text = PlainText.Of(error);
        Change(() => { }, text);
        if (!_isRejecting)
        {
            _isRejecting = true;
            LogRejected(text);
        }
    }

    public void Counted(int subscribed, int refused) => Change(() => (_subscribed, _refused) = (subscribed, refused));

    /// <summary>Records that every wanted subject is subscribed.</summary>
    public void Accepted()
    {
        if (_isRejecting)
        {
            _isRejecting = false;
            LogAccepted();
        }
    }

    /// <summary>Forgets rejections when the connection is lost; the next connection may accept the subscriptions.</summary>
    public void Reset() => _isRejecting = false;

    private bool IsNews(string reason, out string text)
    {
        text = PlainText.Of(reason);
        Change(() => { }, text);
        return _failures.TryAdd(reason, true);
    }

    private void Change(Action change, string? error = null)
    {
        lock (_lock)
        {
            change();
            var state = !_isConnected ? "down" : _refused > 0 ? "partial" : "live";
            _status = new()
            {
                State = state,
                Since = state == _status.State ? _status.Since : time.GetUtcNow(),
                Subscribed = _isConnected ? _subscribed : 0,
                Refused = _isConnected ? _refused : 0,
                LastError = error ?? _status.LastError,
            };
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to NATS at {Server}")]
    private partial void LogConnected(string server);

    [LoggerMessage(LogLevel.Warning, "NATS is unavailable and is retried; executions are polled meanwhile: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "NATS reported an error; executions are polled in any case: {Error}")]
    private partial void LogReported(string error);

    [LoggerMessage(LogLevel.Warning, "NATS rejected subscriptions; the affected executions are polled without push hints: {Error}")]
    private partial void LogRejected(string error);

    [LoggerMessage(LogLevel.Information, "NATS accepts all subscriptions again")]
    private partial void LogAccepted();
}
