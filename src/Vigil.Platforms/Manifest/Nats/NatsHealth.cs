using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>Logs what becomes of a connection to NATS: each change once, however often the server or the client repeats itself.</summary>
internal sealed partial class NatsHealth(ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _failures = new();
    private bool _isRefusing;

    public void Opened(string server)
    {
        _failures.Clear();
        LogConnected(server);
    }

    /// <summary>Records what keeps the connection from working.</summary>
    public void Failed(string reason)
    {
        if (_failures.TryAdd(reason, true))
        {
            LogFailed(reason);
        }
    }

    /// <summary>Records that a subscription was refused, which leaves the connection as it is.</summary>
    public void Refused(string error)
    {
        if (!_isRefusing)
        {
            _isRefusing = true;
            LogRefused(error);
        }
    }

    /// <summary>Records that nothing that is wanted is refused any more.</summary>
    public void Accepted()
    {
        if (_isRefusing)
        {
            _isRefusing = false;
            LogAccepted();
        }
    }

    /// <summary>Forgets the refusals of a connection that was lost; the next one may be told otherwise.</summary>
    public void StartOver() => _isRefusing = false;

    [LoggerMessage(LogLevel.Information, "Connected to NATS at {Server}")]
    private partial void LogConnected(string server);

    [LoggerMessage(LogLevel.Warning, "NATS fails and is tried again; executions are polled meanwhile: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "NATS refuses subscriptions; the executions concerned are polled as if there were no push: {Error}")]
    private partial void LogRefused(string error);

    [LoggerMessage(LogLevel.Information, "NATS accepts every subscription again")]
    private partial void LogAccepted();
}
