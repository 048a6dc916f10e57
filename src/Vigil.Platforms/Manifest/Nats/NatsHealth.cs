using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>Logs changes in the state of a NATS connection, each only once.</summary>
internal sealed partial class NatsHealth(ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _failures = new();
    private bool _isRejecting;

    public void Opened(string server)
    {
        _failures.Clear();
        LogConnected(server);
    }

    public void Failed(string reason)
    {
        if (_failures.TryAdd(reason, true))
        {
            LogFailed(PlainText.Of(reason));
        }
    }

    /// <summary>Records that a subscription was rejected; the connection itself still works.</summary>
    public void Rejected(string error)
    {
        if (!_isRejecting)
        {
            _isRejecting = true;
            LogRejected(PlainText.Of(error));
        }
    }

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

    [LoggerMessage(LogLevel.Information, "Connected to NATS at {Server}")]
    private partial void LogConnected(string server);

    [LoggerMessage(LogLevel.Warning, "NATS is unavailable and is retried; executions are polled meanwhile: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "NATS rejected subscriptions; the affected executions are polled without push hints: {Error}")]
    private partial void LogRejected(string error);

    [LoggerMessage(LogLevel.Information, "NATS accepts all subscriptions again")]
    private partial void LogAccepted();
}
