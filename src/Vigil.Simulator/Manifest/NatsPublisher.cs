using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Vigil.Simulator.Manifest;

/// <summary>Publishes to a NATS server. It connects again when the connection is lost; what cannot be sent meanwhile is lost, as it is with NATS.</summary>
internal sealed class NatsPublisher : IAsyncDisposable
{
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Uri _address;
    private readonly Channel<byte[]> _waiting = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public NatsPublisher(Uri address)
    {
        _address = address;
        _run = Task.Run(RunAsync);
    }

    public void Publish(string subject, byte[] payload)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"PUB {subject} {payload.Length}\r\n");
        _waiting.Writer.TryWrite([.. Encoding.UTF8.GetBytes(head), .. payload, .. "\r\n"u8]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await PublishAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The server is away, or the simulator ends: the loop knows which.
            }

            await Task.Delay(Pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PublishAsync()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(_address.Host, _address.Port > 0 ? _address.Port : 4222, _stop.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync("CONNECT {\"verbose\":false,\"name\":\"vigil-simulator\"}\r\n"u8.ToArray(), _stop.Token);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var listening = ListenAsync(stream, lost);
        try
        {
            await foreach (var message in _waiting.Reader.ReadAllAsync(lost.Token))
            {
                await stream.WriteAsync(message, lost.Token);
            }
        }
        finally
        {
            await lost.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Answers the server's questions whether somebody is there, and ends the sending when nobody asks any more.</summary>
    private async Task ListenAsync(NetworkStream stream, CancellationTokenSource lost)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        try
        {
            while (await reader.ReadLineAsync(lost.Token) is { } line)
            {
                if (line.StartsWith("PING", StringComparison.OrdinalIgnoreCase))
                {
                    _waiting.Writer.TryWrite("PONG\r\n"u8.ToArray());
                }
            }
        }
        finally
        {
            await lost.CancelAsync();
        }
    }
}
