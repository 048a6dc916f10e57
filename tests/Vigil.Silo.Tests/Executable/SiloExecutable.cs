using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Vigil.Silo.Tests.Executable;

/// <summary>
/// The program itself, in a process of its own, and with a data folder of its own unless the arguments name one. A line that it prints and its exit can be
/// awaited.
/// </summary>
internal sealed class SiloExecutable : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly DirectoryInfo? _data;
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly ConcurrentDictionary<TaskCompletionSource<string>, Func<string, bool>> _awaited = [];
    private readonly Task _read;

    private SiloExecutable(Process process, DirectoryInfo? data)
    {
        (_process, _data) = (process, data);
        _read = Task.WhenAll(ReadAsync(process.StandardOutput, Output), ReadAsync(process.StandardError, Errors));
    }

    /// <summary>Gets the lines of its standard output.</summary>
    public ConcurrentQueue<string> Output { get; } = [];

    /// <summary>Gets the lines of its standard error.</summary>
    public ConcurrentQueue<string> Errors { get; } = [];

    /// <summary>Gets the lines of both, in the order in which they came.</summary>
    public string[] Lines => [.. _lines];

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>Gets the address that it listens on, without a slash at its end.</summary>
    public string Address => Http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>Gets a client of the API, once it listens.</summary>
    public HttpClient Http { get; } = new() { Timeout = Limit };

    public static SiloExecutable Start(IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        string[] given = [.. arguments];
        var data = given.Contains("--data") ? null : Directory.CreateTempSubdirectory("vigil-silo-");
        string[] all = data is null ? given : [.. given, "--data", data.FullName];
        var start = new ProcessStartInfo("dotnet", [typeof(SiloOptions).Assembly.Location, .. all]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start)!, data);
    }

    /// <summary>Starts a silo on a free port and returns once it listens.</summary>
    public static Task<SiloExecutable> ListeningAsync(IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Start(["--port", "0", .. arguments], environment).WhenListeningAsync();

    /// <summary>Returns itself once it listens.</summary>
    public async Task<SiloExecutable> WhenListeningAsync()
    {
        Http.BaseAddress = await AddressAsync("Vigil listens on ");
        return this;
    }

    /// <summary>Returns the address that it prints after a text.</summary>
    public async Task<Uri> AddressAsync(string text)
    {
        var line = await LineAsync(text);
        return new(line[(line.IndexOf(text, StringComparison.Ordinal) + text.Length)..].Split(' ')[0].TrimEnd('.', ','));
    }

    /// <summary>Returns the first line with a text, on either output, once it is printed.</summary>
    public async Task<string> LineAsync(string text)
    {
        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited[found] = line => line.Contains(text, StringComparison.Ordinal);
        foreach (var line in _lines)
        {
            Offer(line);
        }

        Assert.True(
            await Task.WhenAny(found.Task, _read, Task.Delay(Limit, TimeProvider.System)) == found.Task || found.Task.IsCompleted,
            $"'{text}' was not printed, but:\n{string.Join('\n', _lines)}");
        return await found.Task;
    }

    /// <summary>Returns its exit code once it has ended and all of its output is read.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        await _read.WaitAsync(Limit);
        return _process.ExitCode;
    }

    /// <summary>Kills it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Starts an execution.</summary>
    public async Task StartAsync(string connection, string kind, string target, string key, string? version = null)
    {
        using var answer = await Http.PostAsJsonAsync("/v1/executions", new { connection, target = new { kind, id = target, version }, key });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Returns an execution once it has a property, such as <c>remote_id</c>, or has ended.</summary>
    public async Task<JsonNode> UntilAsync(string key, Func<JsonNode, bool> fits)
    {
        var limit = Stopwatch.StartNew();
        for (var version = 0L; ;)
        {
            var execution = (await Http.GetFromJsonAsync<JsonNode>($"/v1/executions/{key}?wait=30s&since_version={version}"))!;
            if (fits(execution) || (bool)execution["terminal"]!)
            {
                return execution;
            }

            Assert.True(limit.Elapsed < Limit, $"In vain was waited for {execution}.");
            version = (long)execution["version"]!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        Http.Dispose();
        _process.Dispose();
        _data?.Delete(recursive: true);
    }

    private async Task ReadAsync(StreamReader reader, ConcurrentQueue<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Enqueue(line);
            _lines.Enqueue(line);
            Offer(line);
        }
    }

    private void Offer(string line)
    {
        foreach (var (found, fits) in _awaited)
        {
            if (fits(line) && _awaited.TryRemove(found, out _))
            {
                found.SetResult(line);
            }
        }
    }
}
