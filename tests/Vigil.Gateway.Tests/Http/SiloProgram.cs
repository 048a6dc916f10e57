using System.Diagnostics;
using System.Text.RegularExpressions;
using Vigil.Silo;

namespace Vigil.Gateway.Tests.Http;

/// <summary>The program itself, with a data folder of its own, and what it prints.</summary>
internal sealed partial class SiloProgram : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("vigil-http-");
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    private SiloProgram(string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SiloOptions).Assembly.Location, "--data", _data.FullName, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Gets the address that it says it listens on.</summary>
    public string Address => _listening.Task.Result;

    /// <summary>Gets the program's process id.</summary>
    public int Id => _process.Id;

    /// <summary>Gets the lines that were printed so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<SiloProgram> StartAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        var program = new SiloProgram(arguments, environment);
        var ended = program._process.WaitForExitAsync();
        if (await Task.WhenAny(program._listening.Task, ended).WaitAsync(Limit) == ended)
        {
            var lines = string.Join('\n', program.Lines);
            await program.DisposeAsync();
            Assert.Fail($"The program did not start: {lines}");
        }

        return program;
    }

    /// <summary>Starts it where it must not start, and returns what it says.</summary>
    public static async Task<(int Code, string[] Lines)> RefuseAsync(string[] arguments, params (string Name, string Value)[] environment)
    {
        await using var program = new SiloProgram(arguments, environment);
        await program._process.WaitForExitAsync().WaitAsync(Limit);
        return (program._process.ExitCode, program.Lines);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(line);
        }

        if (Greeting().Match(line) is { Success: true } greeting)
        {
            _listening.TrySetResult(greeting.Groups[1].Value);
        }
    }

    [GeneratedRegex("Vigil listens on ([^ ,]+)")]
    private static partial Regex Greeting();
}
