using System.Net;
using System.Net.Http.Json;

namespace Vigil.Kill;

/// <summary>Callers that start, cancel, abandon and retry executions, each repeating its request until it is answered, as a careful client does.</summary>
internal sealed class Workload(IReadOnlyList<SiloProcess> silos, Random random, TimeProvider time) : IDisposable
{
    private const int Callers = 8;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
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

    /// <summary>Makes new orders until <paramref name="stop"/>, and then waits until the pending requests are answered.</summary>
    public Task RunAsync(CancellationToken stop, CancellationToken giveUp) => Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(stop, giveUp)));

    public void Dispose() => _http.Dispose();

    private async Task CallAsync(CancellationToken stop, CancellationToken giveUp)
    {
        while (!stop.IsCancellationRequested)
        {
            Order order;
            TimeSpan thinkTime;
            lock (_sync)
            {
                order = Order.Make(random, _orders.Count);
                order.RequestedAt = time.GetUtcNow();
                _orders.Add(order);
                thinkTime = TimeSpan.FromMilliseconds(random.Next(50, 3000));
            }

            await StartAsync(order, giveUp);
            await Task.Delay(thinkTime, time, giveUp);
            if (order is { Accepted: true, FollowUp: not FollowUp.None })
            {
                await FollowUpAsync(order, giveUp);
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

    private async Task FollowUpAsync(Order order, CancellationToken giveUp)
    {
        if (order.FollowUp is FollowUp.Retry)
        {
            await AskAsync(HttpMethod.Get, $"/v1/executions/{order.Key}?wait=15s", body: null, giveUp);
        }

        order.FollowUpSent = true;
        var verb = order.FollowUp.ToString().ToLowerInvariant();
        var response = await AskAsync(HttpMethod.Post, $"/v1/executions/{order.Key}/{verb}", new { reason = "requested by the workload" }, giveUp);

        // 409: it has already ended, has not ended yet, or the platform does not support it.
        order.FollowUpAccepted = response == HttpStatusCode.Accepted;
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
                // A killed or frozen silo does not answer; whether it handled the request is unknown, and repeating it is safe.
            }

            await Task.Delay(RetryDelay, time, giveUp);
        }
    }
}

/// <summary>A start as the workload sends it.</summary>
internal sealed record KillStart(string Key, string Connection, string Kind, string Target, int DeadlineSeconds, bool CancelOnAbandon);
