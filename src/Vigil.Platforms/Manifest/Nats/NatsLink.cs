using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Vigil.Platforms.Manifest.Nats;

/// <summary>One connection to a NATS server, in the protocol's text form: control lines, and payloads that are passed over.</summary>
internal sealed class NatsLink : IAsyncDisposable
{
    private const int LongestLine = 64 * 1024;
    private const int MostSilentPings = 2;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client;
    private readonly TimeProvider _time;
    private readonly Stream _stream;
    private readonly PipeReader _reader;

    // What is written here is bounded by what is subscribed: there is no flow of data to the server.
    private readonly Channel<string> _outgoing = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private int _silentPings;

    private NatsLink(TcpClient client, Stream stream, PipeReader reader, TimeProvider time)
    {
        _client = client;
        _stream = stream;
        _reader = reader;
        _time = time;
    }

    /// <summary>Connects and agrees on who is who.</summary>
    /// <exception cref="NatsException">It did not come about.</exception>
    public static async Task<NatsLink> ConnectAsync(
        NatsEndpoint endpoint, string? secret, RemoteCertificateValidationCallback? checkCertificate, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ConnectTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(endpoint.Host, endpoint.Port, both.Token);
            return await GreetAsync(client, endpoint, secret, checkCertificate, time, both.Token);
        }
        catch (Exception e)
        {
            client.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new NatsException("it did not answer in time", e);
            }

            if (IsNetworkFailure(e))
            {
                throw new NatsException(e.Message, e);
            }

            throw;
        }
    }

    /// <summary>Sends a control line soon.</summary>
    public void Send(string line) => _outgoing.Writer.TryWrite(line);

    /// <summary>Hands over the subscription's id of each message, and what the server refuses, until the connection is lost.</summary>
    /// <exception cref="NatsException">It is lost.</exception>
    public async Task ReceiveAsync(Action<long> onMessage, Action<string> onRefused, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] all = [ReadAsync(onMessage, onRefused, stop.Token), WriteAsync(stop.Token), PingAsync(stop.Token)];
        var first = await Task.WhenAny(all);
        await stop.CancelAsync();
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await first;
        }
        catch (Exception e) when (IsNetworkFailure(e))
        {
            throw new NatsException(e.Message, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _outgoing.Writer.TryComplete();
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private static async Task<NatsLink> GreetAsync(
        TcpClient client, NatsEndpoint endpoint, string? secret, RemoteCertificateValidationCallback? checkCertificate, TimeProvider time, CancellationToken cancellationToken)
    {
        Stream stream = client.GetStream();
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        var info = await ReadLineAsync(reader, cancellationToken);
        if (!info.StartsWith("INFO ", StringComparison.OrdinalIgnoreCase))
        {
            throw new NatsException("it is no NATS server");
        }

        if (endpoint.UseTls || DemandsTls(info))
        {
            // The server sends nothing between its greeting and the handshake, so nothing is left in the reader.
            var tls = new SslStream(stream, leaveInnerStreamOpen: false, checkCertificate);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = endpoint.Host }, cancellationToken);
            stream = tls;
            reader = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));
        }

        await stream.WriteAsync(Encoding.UTF8.GetBytes($"CONNECT {ConnectOptions(secret)}\r\nPING\r\n"), cancellationToken);
        for (var line = ""; !line.StartsWith("PONG", StringComparison.OrdinalIgnoreCase);)
        {
            line = await ReadLineAsync(reader, cancellationToken);
            ThrowIfError(line);
        }

        return new NatsLink(client, stream, reader, time);
    }

    private static string ConnectOptions(string? secret)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("verbose", false);
            writer.WriteBoolean("pedantic", false);
            writer.WriteBoolean("headers", false);
            writer.WriteString("name", "vigil");
            writer.WriteString("lang", "csharp");
            writer.WriteString("version", "0.1");
            if (secret?.Split(':', 2) is [var user, var password])
            {
                writer.WriteString("user", user);
                writer.WriteString("pass", password);
            }
            else if (secret is not null)
            {
                writer.WriteString("auth_token", secret);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private async Task ReadAsync(Action<long> onMessage, Action<string> onRefused, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await ReadLineAsync(_reader, cancellationToken);
            Volatile.Write(ref _silentPings, 0);
            if (line.StartsWith("MSG ", StringComparison.OrdinalIgnoreCase))
            {
                // MSG subject subscription [reply-to] bytes
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length is not (4 or 5) || !long.TryParse(parts[2], out var id) || !long.TryParse(parts[^1], out var bytes) || bytes < 0)
                {
                    throw new NatsException("it sent a message that cannot be read");
                }

                await SkipAsync(bytes + 2, cancellationToken);
                onMessage(id);
            }
            else if (line.StartsWith("PING", StringComparison.OrdinalIgnoreCase))
            {
                Send("PONG\r\n");
            }
            else if (line.StartsWith("-ERR 'Permissions Violation", StringComparison.OrdinalIgnoreCase))
            {
                // The one refusal after which the server goes on: it concerns a subject, not the connection.
                onRefused(line);
            }
            else
            {
                ThrowIfError(line);
            }
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var line in _outgoing.Reader.ReadAllAsync(cancellationToken))
        {
            var text = new StringBuilder(line);
            while (text.Length < LongestLine && _outgoing.Reader.TryRead(out var more))
            {
                text.Append(more);
            }

            await _stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        }
    }

    /// <summary>Asks for a sign of life: a server that vanished without a word closes no connection.</summary>
    private async Task PingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(PingInterval, _time, cancellationToken);
            if (Interlocked.Increment(ref _silentPings) > MostSilentPings)
            {
                throw new NatsException("it has fallen silent");
            }

            Send("PING\r\n");
        }
    }

    private async Task SkipAsync(long bytes, CancellationToken cancellationToken)
    {
        while (bytes > 0)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            var take = Math.Min(bytes, read.Buffer.Length);
            _reader.AdvanceTo(read.Buffer.GetPosition(take));
            bytes -= take;
            if (bytes > 0 && read.IsCompleted)
            {
                throw new NatsException("it closed the connection");
            }
        }
    }

    private static async Task<string> ReadLineAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted || read.Buffer.Length > LongestLine)
            {
                throw new NatsException(read.IsCompleted ? "it closed the connection" : "it sent a line without an end");
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool DemandsTls(string info)
    {
        try
        {
            using var document = JsonDocument.Parse(info["INFO ".Length..]);
            return new JsonView(document.RootElement)["tls_required"].IsTruthy();
        }
        catch (JsonException e)
        {
            throw new NatsException("its greeting cannot be read", e);
        }
    }

    private static void ThrowIfError(string line)
    {
        if (line.StartsWith("-ERR", StringComparison.OrdinalIgnoreCase))
        {
            throw new NatsException($"it refused: {line["-ERR".Length..].Trim(' ', '\'')}");
        }
    }

    private static bool IsNetworkFailure(Exception e) =>
        e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException;
}

/// <summary>A NATS server cannot be reached or is lost; the message goes on behind its address.</summary>
internal sealed class NatsException(string message, Exception? inner = null) : Exception(message, inner);
