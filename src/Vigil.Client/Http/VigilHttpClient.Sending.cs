using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Vigil.Client;

public sealed partial class VigilHttpClient
{
    internal static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    // A request that waits for an execution is answered within the wait, or the server is gone.
    private static readonly TimeSpan AttemptTimeout = RequestLimits.MaxWait + TimeSpan.FromSeconds(10);

    internal static void Configure(HttpClient client, Uri address, string? key = null)
    {
        client.BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
        client.Timeout = Timeout.InfiniteTimeSpan;
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    internal static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline)
    {
        var retries = new HttpRetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome switch
            {
                { Exception: HttpRequestException } => true,
                { Result.StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
                _ => false,
            }),
            MaxRetryAttempts = 6,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(5),
            UseJitter = true, // Callers of a dead gateway must not retry in lockstep.
        };
        pipeline.AddRetry(retries).AddTimeout(AttemptTimeout);
    }

    private static HttpClient Create(Uri address, string? key)
    {
        ArgumentNullException.ThrowIfNull(address);
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>();
        Configure(pipeline);
        var handler = new ResilienceHandler(pipeline.Build()) { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime } };
        var client = new HttpClient(handler);
        Configure(client, address, key);
        return client;
    }

    /// <summary>Sends a request and returns its whole answer, so that a connection that breaks meanwhile is an error of the request.</summary>
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);

    /// <summary>Sends a request and returns its answer once that has begun.</summary>
    private Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using (request)
        {
            HttpResponseMessage response;
            try
            {
                response = await http.SendAsync(request, completion, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException or Polly.Timeout.TimeoutRejectedException)
            {
                throw new VigilUnavailableException($"No gateway answered at {http.BaseAddress}: {e.Message}", inner: e);
            }

            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw await ProblemReader.ReadAsync(response, cancellationToken);
            }
        }
    }
}
