using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>
/// Notifies listeners of messages on their subjects. Messages may be missed while a server is unreachable, so every listener gets a hint after a
/// reconnect. Payloads are not kept, because a hint needs none.
/// </summary>
internal sealed class NatsSubscriber : IAsyncDisposable
{
    /// <summary>The hint that messages may have been missed.</summary>
    public const string Reconnected = "reconnected";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ImmutableArray<ChannelWriter<string>>> _listeners = new(StringComparer.Ordinal);
    private readonly NatsSettings _settings;
    private readonly NatsSubscriptions _subscriptions;

    public NatsSubscriber(NatsSettings settings, TimeProvider time, ILogger logger)
    {
        _settings = settings;
        _subscriptions = new(settings.ClientOptions(), OnMessage, OnReconnected, time, logger);
    }

    public PushStatus Status => _subscriptions.Status;

    /// <summary>Yields the subject of each message, dropping some if the reader is slow, and <see cref="Reconnected"/> when messages may have been missed.</summary>
    public async IAsyncEnumerable<string> SubscribeAsync(
        IReadOnlyList<string> subjects, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Only the newest hint counts: a message from before a gap does not prove that the renewed subscription works.
        var hints = Channel.CreateBounded<string>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        string[] literal = [.. subjects.Where(IsLiteral)];
        Add(literal, hints.Writer);
        try
        {
            await foreach (var hint in hints.Reader.ReadAllAsync(cancellationToken))
            {
                yield return hint;
            }
        }
        finally
        {
            Remove(literal, hints.Writer);
        }
    }

    public ValueTask DisposeAsync() => _subscriptions.DisposeAsync();

    /// <summary>Returns whether a subject has no wildcards: an id from outside must not subscribe to other runs' subjects.</summary>
    private static bool IsLiteral(string subject) =>
        subject.Length <= 1_000 && subject.Split('.').All(token => token.Length > 0 && token.All(c => c is > ' ' and <= '~' and not '*' and not '>'));

    private void Add(string[] subjects, ChannelWriter<string> hints)
    {
        lock (_lock)
        {
            foreach (var subject in subjects)
            {
                _listeners[subject] = _listeners.GetValueOrDefault(subject, []).Add(hints);
                _subscriptions.Add(_settings.PatternOf(subject));
            }
        }
    }

    private void Remove(string[] subjects, ChannelWriter<string> hints)
    {
        lock (_lock)
        {
            foreach (var subject in subjects)
            {
                _listeners[subject] = _listeners[subject].Remove(hints);
                if (_listeners[subject].IsEmpty)
                {
                    _listeners.Remove(subject);
                }

                _subscriptions.Remove(_settings.PatternOf(subject));
            }
        }
    }

    private void OnMessage(string subject)
    {
        lock (_lock)
        {
            foreach (var listener in _listeners.GetValueOrDefault(subject, []))
            {
                listener.TryWrite(subject);
            }
        }
    }

    private void OnReconnected()
    {
        lock (_lock)
        {
            foreach (var listener in _listeners.Values.SelectMany(listeners => listeners))
            {
                listener.TryWrite(Reconnected);
            }
        }
    }
}
