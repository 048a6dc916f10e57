using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>
/// Listens to subjects over one connection to NATS. It connects when somebody listens, and again whenever the connection is lost; what was
/// missed meanwhile is unknown, so every listener gets a hint then. Payloads are not kept: a hint is all that is wanted.
/// </summary>
internal sealed partial class NatsSubscriber(ImmutableArray<NatsEndpoint> endpoints, Credential? credential, TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A server that drops every connection at once must not be called again at once each time.
    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Subscription> _subscriptions = [];
    private readonly CancellationTokenSource _stop = new();
    private Task? _run;
    private NatsLink? _link;
    private long _lastId;

    /// <summary>Gets what checks a server's certificate; null for the system's rules.</summary>
    public System.Net.Security.RemoteCertificateValidationCallback? CheckCertificate { get; init; }

    /// <summary>Yields the subject of each message, merged where the reader is slow, and <c>reconnected</c> when messages may have been missed.</summary>
    public async IAsyncEnumerable<string> SubscribeAsync(
        IReadOnlyList<string> subjects, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var hints = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var ids = subjects.Where(IsPlain).Select(subject => Add(subject, hints.Writer)).ToArray();
        try
        {
            await foreach (var hint in hints.Reader.ReadAllAsync(cancellationToken))
            {
                yield return hint;
            }
        }
        finally
        {
            foreach (var id in ids)
            {
                Remove(id);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_run is { } run)
        {
            await run;
        }

        _stop.Dispose();
    }

    /// <summary>Tells whether a subject names itself alone. An id that others chose must not listen to everything.</summary>
    private static bool IsPlain(string subject) =>
        subject.Length <= 1_000 && subject.Split('.').All(token => token.Length > 0 && token.All(c => c is > ' ' and <= '~' and not '*' and not '>'));

    private long Add(string subject, ChannelWriter<string> hints)
    {
        lock (_lock)
        {
            var id = ++_lastId;
            _subscriptions.Add(id, new Subscription(subject, hints));
            _link?.Send($"SUB {subject} {id}\r\n");
            _run ??= Task.Run(RunAsync);
            return id;
        }
    }

    private void Remove(long id)
    {
        lock (_lock)
        {
            _subscriptions.Remove(id);
            _link?.Send($"UNSUB {id}\r\n");
        }
    }

    private async Task RunAsync()
    {
        var failures = 0;
        for (var turn = 0; !_stop.IsCancellationRequested; turn++)
        {
            var endpoint = endpoints[turn % endpoints.Length];
            long? connectedAt = null;
            try
            {
                await using var link = await NatsLink.ConnectAsync(endpoint, credential?.Get(), CheckCertificate, time, _stop.Token);
                connectedAt = time.GetTimestamp();
                LogConnected(logger, endpoint.Host, endpoint.Port);
                Attach(link, isFirst: turn == 0);
                await link.ReceiveAsync(OnMessage, refusal => LogRefused(logger, endpoint.Host, endpoint.Port, refusal), _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (NatsException e)
            {
                failures = connectedAt is { } at && time.GetElapsedTime(at) > SettledAfter ? 1 : failures + 1;
                if (connectedAt is not null || failures == 1)
                {
                    LogLost(logger, endpoint.Host, endpoint.Port, e.Message);
                }
            }
            finally
            {
                Detach();
            }

            await PauseAsync(failures);
        }
    }

    private void Attach(NatsLink link, bool isFirst)
    {
        lock (_lock)
        {
            _link = link;
            foreach (var (id, subscription) in _subscriptions)
            {
                link.Send($"SUB {subscription.Subject} {id}\r\n");
                if (!isFirst)
                {
                    subscription.Hints.TryWrite("reconnected");
                }
            }
        }
    }

    private void Detach()
    {
        lock (_lock)
        {
            _link = null;
        }
    }

    private void OnMessage(long id)
    {
        lock (_lock)
        {
            if (_subscriptions.TryGetValue(id, out var subscription))
            {
                subscription.Hints.TryWrite(subscription.Subject);
            }
        }
    }

    private async Task PauseAsync(int failures)
    {
        var pause = Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 10)), LongestPause.TotalMilliseconds);
        try
        {
            // Silos that lost the same server must not all come back in the same moment.
            await Task.Delay(TimeSpan.FromMilliseconds(pause * (0.5 + (Random.Shared.NextDouble() / 2))), time, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The loop sees it.
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to NATS at {Host}:{Port}")]
    private static partial void LogConnected(ILogger logger, string host, int port);

    [LoggerMessage(LogLevel.Warning, "NATS at {Host}:{Port} is lost and tried again; executions are polled meanwhile: {Reason}")]
    private static partial void LogLost(ILogger logger, string host, int port, string reason);

    [LoggerMessage(LogLevel.Warning, "NATS at {Host}:{Port} refuses a subject: {Refusal}")]
    private static partial void LogRefused(ILogger logger, string host, int port, string refusal);

    private sealed record Subscription(string Subject, ChannelWriter<string> Hints);
}
