using System.Diagnostics;

namespace Vigil.Benchmarks;

/// <summary>A <see cref="LivePlatform"/> in a process of its own.</summary>
internal sealed class StartedPlatform : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private StartedPlatform(Process process, Uri address) => (_process, _http) = (process, new() { BaseAddress = address });

    public Uri Address => _http.BaseAddress!;

    public static async Task<StartedPlatform> StartAsync()
    {
        var process = LiveBenchmark.StartPlatform();
        return new(process, new((await process.StandardOutput.ReadLineAsync())!));
    }

    public async Task EndAsync(int from, double perSecond)
    {
        using var answer = await _http.PostAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"end?from={from}&perSecond={perSecond}"), UriKind.Relative), content: null);
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
