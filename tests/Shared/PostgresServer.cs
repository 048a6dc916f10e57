using System.Diagnostics;

namespace Vigil.Testing;

/// <summary>
/// A private PostgreSQL server on 127.0.0.1, with a folder of its own that is deleted with it. Its one user is <c>vigil</c> and needs no password.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string FolderVariable = "VIGIL_POSTGRES_BIN";
    private const string User = "postgres";
    private readonly string _programs;
    private readonly string _folder;
    private readonly ProcessStartInfo _start;
    private Process _process;

    private PostgresServer(string programs, string folder, int port, ProcessStartInfo start)
    {
        (_programs, _folder, Port, _start, _process) = (programs, folder, port, start, Process.Start(start)!);

        // An interrupted test run must not leave a server behind.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove();
    }

    /// <summary>Gets the folder of the server's programs: from the variable, the newest version in the usual place, or from PATH; null if there is none.</summary>
    public static string? Programs { get; } = FindPrograms();

    /// <summary>Gets why tests that need a server are skipped; null if they are not.</summary>
    public static string? WhyNot { get; } = Programs is not null
        ? null
        : $"PostgreSQL is not installed, so nothing is tested against it; install the package postgresql, or set {FolderVariable} to the folder with its programs.";

    public int Port { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="durable">Whether committed data survives a power cut; tests do not need that.</param>
    public static async Task<PostgresServer> StartAsync(bool durable = false)
    {
        var programs = Programs ?? throw new InvalidOperationException(WhyNot);
        var folder = Directory.CreateTempSubdirectory("vigil-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", [User, folder]);
        }

        var data = Path.Combine(folder, "data");
        await RunAsync(AsUser(Path.Combine(programs, "initdb"), ["-D", data, "-U", "vigil", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]));
        var port = Ports.Free();
        string[] settings =
        [
            "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "log_min_messages=warning",
            .. durable ? (string[])[] : ["fsync=off", "full_page_writes=off"],
        ];
        var start = AsUser(Path.Combine(programs, "postgres"), ["-D", data, "-p", $"{port}", .. settings.SelectMany(setting => new[] { "-c", setting })]);
        start.RedirectStandardError = true;
        var server = new PostgresServer(programs, folder, port, start);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"vigil_{Guid.NewGuid():N}";
        await RunAsync(AsUser(Path.Combine(_programs, "createdb"), ["-h", "127.0.0.1", "-p", $"{Port}", "-U", "vigil", name]));
        return $"Host=127.0.0.1;Port={Port};Database={name};Username=vigil";
    }

    /// <summary>Stops the server the way a crash does.</summary>
    public async Task CrashAsync()
    {
        StopImmediately();
        await _process.WaitForExitAsync();
    }

    /// <summary>Starts the server again after a crash, and returns when it has recovered.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        _process = Process.Start(_start)!;
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Remove();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string? FindPrograms()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named)
        {
            return named;
        }

        var usual = new DirectoryInfo("/usr/lib/postgresql");
        DirectoryInfo[] versions = usual.Exists ? usual.GetDirectories() : [];
        return versions.OrderByDescending(version => int.TryParse(version.Name, out var number) ? number : 0).Select(version => Path.Combine(version.FullName, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    /// <summary>PostgreSQL refuses to run as root, so root runs it as the user that its package creates.</summary>
    private static ProcessStartInfo AsUser(string program, IEnumerable<string> arguments) => Environment.IsPrivilegedProcess
        ? new("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", program, .. arguments]) { WorkingDirectory = "/" }
        : new(program, arguments);

    private static Task RunAsync(string program, IEnumerable<string> arguments) => RunAsync(new ProcessStartInfo(program, arguments));

    private static async Task RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {errors} {await output}");
        }
    }

    private async Task WaitUntilReadyAsync()
    {
        // This line is logged at any log level.
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                // Keep reading the log: the server would block once the pipe is full.
                _ = _process.StandardError.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException($"postgres ended with {_process.ExitCode} before it was ready.");
    }

    private void Remove()
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        // The data is no longer needed.
        StopImmediately();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>pg_ctl stops the server together with its child processes.</summary>
    private void StopImmediately()
    {
        using var stop = Process.Start(AsUser(Path.Combine(_programs, "pg_ctl"), ["-D", Path.Combine(_folder, "data"), "-m", "immediate", "-s", "-w", "stop"]));
        stop!.WaitForExit();
    }
}
