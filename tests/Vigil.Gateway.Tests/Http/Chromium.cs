using System.Diagnostics;

namespace Vigil.Gateway.Tests.Http;

/// <summary>A real browser without a window, for which every name that ends in .example leads to this machine.</summary>
internal static class Chromium
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Gets the program's path; null where it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);

    /// <summary>Opens a page until something has happened.</summary>
    public static async Task<T> OpenAsync<T>(string url, Task<T> happened)
    {
        await using var browser = new Browser(url);
        return await happened.WaitAsync(Limit);
    }

    /// <summary>Returns what a page consists of once it is loaded.</summary>
    public static async Task<string> ReadAsync(string url)
    {
        await using var browser = new Browser(url, "--dump-dom");
        return await browser.Output.WaitAsync(Limit);
    }

    private sealed class Browser : IAsyncDisposable
    {
        private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("vigil-chromium-");
        private readonly Process _process;

        public Browser(string url, params string[] options)
        {
            string[] all =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--host-resolver-rules=MAP *.example 127.0.0.1", $"--user-data-dir={_profile.FullName}", .. options, url,
            ];
            _process = Process.Start(new ProcessStartInfo(Program!, all) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Output = _process.StandardOutput.ReadToEndAsync();

            // What it says of the missing screen and bus is of no interest, but must not fill the pipe.
            _ = _process.StandardError.ReadToEndAsync();
        }

        public Task<string> Output { get; }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            await _process.WaitForExitAsync();
            _process.Dispose();
            Remove();
        }

        private void Remove()
        {
            try
            {
                _profile.Delete(recursive: true);
            }
            catch (IOException)
            {
                // A helper of the browser's that ends a moment later may still write; the folder is a temporary one.
            }
        }
    }
}

/// <summary>A test that needs a real browser, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Chromium.Program is null)
        {
            Skip = "chromium is not installed, so what a web page can do is not tested in a real browser; Debian has it as the package chromium.";
        }
    }
}
