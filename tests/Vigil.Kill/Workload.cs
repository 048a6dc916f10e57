using System.Net;
using System.Net.Http.Json;

namespace Vigil.Kill;

/// <summary>Callers that start, cancel, abandon and retry executions, each repeating its request until it is answered, as a careful caller does.</summary>
internal sealed class Workload(IReadOnlyList<SiloProcess> silos, Random random, TimeProvider time) : IDisposable
{
    private const int Callers = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly Lock _sync = new();
    private readonly List<Order> _orders = [];

    public IReadOnlyList<Order> Orders
    {
        get
        {
            lock (_sync)
            {
                return [.. _orders];
            }
        }
    }

    /// <summary>Makes new orders until <paramref name="stop"/>, and then sees those that are under way to their answer.</summary>
    public Task RunAsync(CancellationToken stop, CancellationToken giveUp) => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(stop, giveUp)));

    public void Dispose() => _http.Dispose();

    private async Task CallAsync(CancellationToken stop, CancellationToken giveUp)
    {
        while (!stop.IsCancellationRequested)
        {
            Order order;
            TimeSpan thought;
            lock (_sync)
            {
                order = Order.Make(random, _orders.Count);
                order.AskedAt = time.GetUtcNow();
                _orders.Add(order);
                thought = TimeSpan.FromMilliseconds(random.Next(50, 3000));
            }

            await StartAsync(order, giveUp);
            await Task.Delay(thought, time, giveUp);
            if (order is { Accepted: true, Wish: not Wish.None })
            {
                await WishAsync(order, giveUp);
            }
        }
    }

    private async Task StartAsync(Order order, CancellationToken giveUp)
    {
        var start = new KillStart(order.Key, order.Platform, order.Kind, order.Target, order.DeadlineSeconds, order.CancelOnAbandon);
        var response = await AskAsync(HttpMethod.Post, "/kill/executions", start, giveUp);
        order.Accepted = response is HttpStatusCode.Created or HttpStatusCode.OK;
        order.Refusal = order.Accepted ? null : $"the start was answered {(int)response}";
    }

    private async Task WishAsync(Order order, CancellationToken giveUp)
    {
        if (order.Wish is Wish.Retry)
        {
            await AskAsync(HttpMethod.Get, $"/v1/executions/{order.Key}?wait=15s", body: null, giveUp);
        }

        order.Wished = true;
        var verb = order.Wish.ToString().ToLowerInvariant();
        var response = await AskAsync(HttpMethod.Post, $"/v1/executions/{order.Key}/{verb}", new { reason = "the workload wishes so" }, giveUp);

        // 409: it has ended already, has not ended yet, or the platform cannot.
        order.WishAccepted = response == HttpStatusCode.Accepted;
        order.Refusal = response is HttpStatusCode.Accepted or HttpStatusCode.Conflict ? null : $"{verb} was answered {(int)response}";
    }

    private async Task<HttpStatusCode> AskAsync(HttpMethod method, string path, object? body, CancellationToken giveUp)
    {
        while (true)
        {
            SiloProcess silo;
            lock (_sync)
            {
                silo = silos[random.Next(silos.Count)];
            }

            try
            {
                using var request = new HttpRequestMessage(method, new Uri(silo.Address, path)) { Content = body is null ? null : JsonContent.Create(body) };
                using var response = await _http.SendAsync(request, giveUp);
                if ((int)response.StatusCode < 500)
                {
                    return response.StatusCode;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !giveUp.IsCancellationRequested))
            {
                // A killed or frozen silo gives no answer; whether it took the request is unknown, and repeating it is safe.
            }

            await Task.Delay(Pause, time, giveUp);
        }
    }
}

/// <summary>A start as the workload sends it.</summary>
internal sealed record KillStart(string Key, string Connection, string Kind, string Target, int DeadlineSeconds, bool CancelOnAbandon);
