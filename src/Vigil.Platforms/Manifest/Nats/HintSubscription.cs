using System.Buffers;
using NATS.Client.Core;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>A subscription that passes on the subject of each message and nothing else: a hint needs no payload, so none is copied or queued.</summary>
internal sealed class HintSubscription(NatsConnection connection, string subject, Action<string> heard)
    : NatsSubBase(connection, connection.SubscriptionManager, subject, queueGroup: null, opts: null)
{
    protected override ValueTask ReceiveInternalAsync(
        string subject, string? replyTo, ReadOnlySequence<byte>? headersBuffer, ReadOnlySequence<byte> payloadBuffer)
    {
        heard(subject);
        return default;
    }

    protected override void TryComplete()
    {
        // Nothing is queued, so nothing has to be closed.
    }
}
