using System.Net;
using System.Net.Http.Json;

namespace Vigil.Kill;

/// <summary>Reads at the end of a trial what the silos have to say: executions, steps, files and stored events.</summary>
internal sealed class Collector(IReadOnlyList<Uri> silos, DeliveryLog log, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CollectionTimeout = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(70) };
    private readonly CancellationTokenSource _enough = new();
    private int _silo;

    public void Dispose()
    {
        _http.Dispose();
        _enough.Dispose();
    }

    /// <summary>Waits for the end of every order, and returns its execution as it is then; those that cannot be read in time are missing.</summary>
    public async Task<Dictionary<string, SeenExecution>> SettleAsync(IReadOnlyList<Order> orders, CancellationToken giveUp)
    {
        _enough.CancelAfter(CollectionTimeout);
        var seen = new Dictionary<string, SeenExecution>(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            var path = $"/v1/executions/{order.Key}";
            Execution? execution = null;
            while (execution is not { Terminal: true, PendingWork: PendingWork.None } && !giveUp.IsCancellationRequested)
            {
                var (known, read) = await ReadAsync(
                    address => _http.GetFromJsonAsync(new Uri(address, $"{path}?wait=10s"), VigilJson.Default.Execution, giveUp), giveUp);
                execution = read ?? execution;
                if (!known)
                {
                    break;
                }
            }

            execution ??= (await ReadAsync(address => _http.GetFromJsonAsync(new Uri(address, path), VigilJson.Default.Execution), _enough.Token)).Value;
            if (execution is not null)
            {
                seen[order.Key] = new(execution, await ReadStepsAsync(path), order.Platform == "agentic" ? await ReadFilesAsync(path) : []);
            }
        }

        return seen;
    }

    /// <summary>Reads all stored events.</summary>
    public async Task<List<SeenEvent>> ReadEventsAsync()
    {
        List<SeenEvent> events = [];
        for (long? after = 0; after is not null;)
        {
            var page = (await ReadAsync(
                    address => _http.GetFromJsonAsync<EventPageOfStore>(new Uri(address, $"/kill/events?after={after}")), _enough.Token)).Value
                ?? throw new TimeoutException($"No silo returned the stored events after {after} within {CollectionTimeout}.");
            events.AddRange(page.Items);
            after = page.Next;
        }

        return events;
    }

    /// <summary>Waits until every stored event has been delivered. A delivery that a killed silo had leased is repeated when its lease has expired.</summary>
    public async Task WaitUntilDeliveredAsync(IReadOnlyList<SeenEvent> stored, TimeSpan timeout)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < timeout)
        {
            var delivered = log.All.Select(line => line.Event.EventId).ToHashSet();
            if (stored.All(line => delivered.Contains(line.EventId)))
            {
                return;
            }

            await Task.Delay(RetryDelay, time);
        }
    }

    private async Task<IReadOnlyList<Step>> ReadStepsAsync(string path) => await ReadItemsAsync(
        $"{path}/steps?page_size=500", items => items.Deserialize(VigilJson.Default.ImmutableArrayStep)) is { IsDefault: false } steps ? steps : [];

    private async Task<IReadOnlyList<SeenFile>> ReadFilesAsync(string path)
    {
        var files = await ReadItemsAsync($"{path}/files", items => items.Deserialize(VigilJson.Default.ImmutableArrayExecutionFile));
        List<SeenFile> seen = [];
        foreach (var file in files.IsDefault ? [] : files)
        {
            var (_, text) = await ReadAsync(async address => await _http.GetStringAsync(new Uri(address, $"{path}/files/{file.Id}")), _enough.Token);
            seen.Add(new(file.Name, text ?? "unreadable"));
        }

        return seen;
    }

    private async Task<ImmutableArray<T>> ReadItemsAsync<T>(string path, Func<JsonElement, ImmutableArray<T>> read)
    {
        var (_, body) = await ReadAsync(
            async address => (object?)(await _http.GetFromJsonAsync<JsonElement>(new Uri(address, path))).GetProperty("items"), _enough.Token);
        return body is JsonElement items ? read(items) : default;
    }

    /// <summary>Asks one silo after the other until one answers; not known if the answer is that there is no such thing.</summary>
    private async Task<(bool Known, T? Value)> ReadAsync<T>(Func<Uri, Task<T?>> readAsync, CancellationToken giveUp)
        where T : class
    {
        while (!giveUp.IsCancellationRequested)
        {
            try
            {
                return (true, await readAsync(silos[_silo]));
            }
            catch (HttpRequestException e) when (e.StatusCode is not null and < HttpStatusCode.InternalServerError)
            {
                return (false, null);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // The silo is still starting, or its platform fails at random.
                _silo = (_silo + 1) % silos.Count;
            }

            await Task.Delay(RetryDelay, time, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return (true, null);
    }
}
