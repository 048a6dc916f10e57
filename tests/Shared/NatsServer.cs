using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Vigil.Testing;

/// <summary>A real nats-server process on a port of its own, which can be killed and started again.</summary>
internal sealed class NatsServer : IAsyncDisposable
{
    private readonly string[] _options;
    private string? _configuration;
    private Process _process;

    private NatsServer(int port, string[] options, Process process)
    {
        Port = port;
        _options = options;
        _process = process;
    }

    /// <summary>Gets the program's path; null where it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, "nats-server")).FirstOrDefault(File.Exists);

    public int Port { get; }

    public string Address => $"nats://127.0.0.1:{Port}";

    public static async Task<NatsServer> StartAsync(params string[] options)
    {
        var port = FreePort();
        return new NatsServer(port, options, await RunAsync(port, options));
    }

    /// <summary>Starts a server with what only a file can configure.</summary>
    public static async Task<NatsServer> StartConfiguredAsync(string configuration)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, configuration);
        var server = await StartAsync("-c", file);
        server._configuration = file;
        return server;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task StartAgainAsync() => _process = await RunAsync(Port, _options);

    /// <summary>Publishes a message and waits until the server has taken it.</summary>
    public async Task PublishAsync(string subject, string payload, string connectOptions = "{\"verbose\":false}")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        await using var stream = client.GetStream();
        var body = Encoding.UTF8.GetByteCount(payload);
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"CONNECT {connectOptions}\r\nPUB {subject} {body}\r\n{payload}\r\nPING\r\n"));
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync() is { } line && line != "PONG")
        {
            if (line.StartsWith("-ERR", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"nats-server refused a message: {line}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        if (_configuration is not null)
        {
            File.Delete(_configuration);
        }
    }

    private static async Task<Process> RunAsync(int port, string[] options)
    {
        var start = new ProcessStartInfo(Program!, ["-a", "127.0.0.1", "-p", $"{port}", .. options]) { RedirectStandardError = true };
        var process = Process.Start(start)!;
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Contains("Server is ready", StringComparison.Ordinal))
            {
                // A server whose log is not read stops once the pipe is full.
                _ = process.StandardError.ReadToEndAsync();
                return process;
            }
        }

        throw new InvalidOperationException($"nats-server ended with code {process.ExitCode} before it was ready.");
    }

    /// <summary>Returns a port of 127.0.0.1 on which nothing listens.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
