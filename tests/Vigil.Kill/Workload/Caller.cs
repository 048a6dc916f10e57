using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Vigil.Kill;

/// <summary>A careful client: it repeats each request until it is answered, and it waits for executions by the API's own waiting.</summary>
internal sealed class Caller(IReadOnlyList<Uri> silos, Random random, TrialLimits limits, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly HttpClient _waiting = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentQueue<WaitAnswer> _waits = new();

    public IReadOnlyList<WaitAnswer> Waits => [.. _waits];

    public void Dispose()
    {
        _http.Dispose();
        _waiting.Dispose();
    }

    /// <summary>Orders an execution.</summary>
    public async Task StartAsync(Order order, CancellationToken giveUp)
    {
        order.RequestedAt = time.GetUtcNow();
        var start = new KillStart(order.Key, order.Platform, order.Kind, order.Target, order.Version, order.DeadlineSeconds, order.CancelOnAbandon);
        var response = await AskAsync(HttpMethod.Post, "/kill/executions", start, giveUp);
        order.Accepted = response is HttpStatusCode.Created or HttpStatusCode.OK;
        order.Refusal = order.Accepted ? null : $"the start was answered {(int)response}";
    }

    /// <summary>Cancels, abandons or retries it.</summary>
    public async Task FollowUpAsync(Order order, CancellationToken giveUp)
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

    /// <summary>Waits for its end, until told to stop, and records each answer.</summary>
    public async Task AwaitAsync(Order order, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var silo = Draw();
            var answer = await WaitOnceAsync(order, silo, stop);
            if (answer is not null)
            {
                _waits.Enqueue(answer);
            }

            if (answer?.Execution is { Terminal: true })
            {
                return;
            }

            await Task.Delay(RetryDelay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<WaitAnswer?> WaitOnceAsync(Order order, int silo, CancellationToken stop)
    {
        var asked = time.GetUtcNow();
        WaitAnswer Answer(WaitOutcome outcome, int code = 0, Execution? execution = null) => new(silo, order.Key, asked, limits.Wait, time.GetUtcNow(), outcome, code, execution);

        // Longer than an answer may take, so that one that never comes is told from one that is late; a frozen silo thaws meanwhile or not.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(limits.Wait + (4 * limits.WaitGrace));
        try
        {
            using var response = await _waiting.GetAsync(new Uri(silos[silo], $"/v1/executions/{order.Key}?wait={limits.Wait.TotalSeconds}s"), patience.Token);
            return Answer(
                WaitOutcome.Answered, (int)response.StatusCode,
                response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync(VigilJson.Default.Execution, patience.Token) : null);
        }
        catch (OperationCanceledException)
        {
            return stop.IsCancellationRequested ? null : Answer(WaitOutcome.Late);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Answer(e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? WaitOutcome.Refused : WaitOutcome.Broken);
        }
    }

    private async Task<HttpStatusCode> AskAsync(HttpMethod method, string path, object? body, CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(silos[Draw()], path)) { Content = body is null ? null : JsonContent.Create(body) };
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

    private int Draw()
    {
        lock (random)
        {
            return random.Next(silos.Count);
        }
    }
}
