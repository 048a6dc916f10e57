using System.Collections.Concurrent;

namespace Vigil.Kill;

/// <summary>Asks every silo all the time whether it is ready, as a load balancer does.</summary>
internal sealed class ReadinessProbe(IReadOnlyList<Uri> silos, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(6) };
    private readonly ConcurrentQueue<ReadyAnswer> _answers = new();

    public IReadOnlyList<ReadyAnswer> Answers => [.. _answers];

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(silos.Select((address, silo) => RunAsync(silo, new(address, "/readyz"), stop)));

    public void Dispose() => _http.Dispose();

    private async Task RunAsync(int silo, Uri address, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var response = await _http.GetAsync(address, stop);
                _answers.Enqueue(new(silo, time.GetUtcNow(), (int)response.StatusCode, await response.Content.ReadAsStringAsync(stop)));
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                _answers.Enqueue(new(silo, time.GetUtcNow(), 0, e.GetType().Name));
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(Interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
