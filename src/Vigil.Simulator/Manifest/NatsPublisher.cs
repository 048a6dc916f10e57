using System.Threading.Channels;
using NATS.Client.Core;

namespace Vigil.Simulator.Manifest;

/// <summary>Publishes to a NATS server in the background. While the server is unreachable, only the newest messages are kept.</summary>
internal sealed class NatsPublisher : IAsyncDisposable
{
    private readonly Channel<(string Subject, byte[] Payload)> _waiting =
        Channel.CreateBounded<(string Subject, byte[] Payload)>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly CancellationTokenSource _stop = new();
    private readonly NatsConnection _connection;
    private readonly Task _run;

    public NatsPublisher(Uri address)
    {
        _connection = new(new()
        {
            Url = address.OriginalString,
            Name = "vigil-simulator",
            RetryOnInitialConnect = true,
            RequestReplyMode = NatsRequestReplyMode.SharedInbox,
            ReconnectWaitMin = TimeSpan.FromMilliseconds(200),
            ReconnectWaitMax = TimeSpan.FromMilliseconds(200),
        });
        _run = Task.Run(RunAsync);
    }

    public void Publish(string subject, byte[] payload) => _waiting.Writer.TryWrite((subject, payload));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var message in _waiting.Reader.ReadAllAsync(_stop.Token))
        {
            try
            {
                await _connection.PublishAsync(message.Subject, message.Payload, cancellationToken: _stop.Token);
            }
            catch (Exception e) when (e is NatsException or OperationCanceledException && !_stop.IsCancellationRequested)
            {
                // The message was lost with the connection.
            }
        }
    }
}
