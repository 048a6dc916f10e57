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

    internal static void ThrowIfNotHttp(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException($"'{address}' is not the address of a gateway; it must be absolute, with http or https, such as http://127.0.0.1:5080.", nameof(address));
        }
    }

    internal static void Configure(HttpClient client, Uri address, string? key = null)
    {
        client.BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/");
        client.Timeout = Timeout.InfiniteTimeSpan;
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }
    }

    /// <summary>Returns what repeats requests. Built by hand, it logs nothing: Polly would log each attempt, with its stack.</summary>
    internal static ResilienceHandler Retrying()
    {
        var retries = new HttpRetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome switch
            {
                { Exception: HttpRequestException } => true,
                { Result.StatusCode: HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
                _ => false,
            }),
            MaxRetryAttempts = 6,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(5),
            UseJitter = true, // Callers of a dead gateway must not retry in lockstep.
        };
        return new(new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(retries).AddTimeout(AttemptTimeout).Build());
    }

    private static HttpClient Create(Uri address, string? key)
    {
        ThrowIfNotHttp(address);
        var handler = Retrying();
        handler.InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime };
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
