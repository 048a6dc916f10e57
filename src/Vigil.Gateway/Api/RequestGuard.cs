using System.Net;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Vigil.Gateway.Api;

/// <summary>
/// Keeps web pages from using the API through the browser of a person who can reach it: it rejects unknown hosts (DNS rebinding) and writes from another
/// origin, except one that the app's CORS policy for Vigil's routes allows. It also rejects oversized requests, so that they get a problem document; the server itself would send none.
/// </summary>
internal sealed class RequestGuard(IOptions<HttpOptions> options) : IMiddleware
{
    private const int MaxAddressLength = 8 * 1024;
    private const int MaxHeadersLength = 32 * 1024;
    private const int MaxHeaders = 100;

    private readonly HashSet<string> _allowedHosts = new(options.Value.AllowedHosts, StringComparer.OrdinalIgnoreCase);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        CheckSize(context);
        CheckHost(context);
        if (IsForeign(context.Request) && !await IsAllowedByPolicyAsync(context))
        {
            throw new RefusedRequestException(403, "foreign_origin", "A web page of another origin may not send this request.");
        }

        await next(context);
    }

    /// <summary>Rejects a write whose body is not JSON: a browser sends other bodies to another origin without a preflight request.</summary>
    public static ValueTask<object?> RequireJsonAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var request = invocation.HttpContext.Request;
        var mayHaveBody = invocation.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        return IsRead(request) || !mayHaveBody || (request.HasJsonContentType() && request.Headers.ContentEncoding.Count == 0)
            ? next(invocation)
            : throw new RefusedRequestException(415, "unsupported_media_type", "Send the body as plain JSON, with the header Content-Type: application/json.");
    }

    private static void CheckSize(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget.Length > MaxAddressLength)
        {
            throw new RefusedRequestException(414, "uri_too_long", $"The address is longer than {MaxAddressLength} bytes.");
        }

        var headers = context.Request.Headers.SelectMany(header => header.Value, (header, value) => header.Key.Length + (value?.Length ?? 0)).ToArray();
        if (headers.Length > MaxHeaders || headers.Sum() > MaxHeadersLength)
        {
            throw new RefusedRequestException(431, "headers_too_large", $"There are more than {MaxHeaders} headers, or they are longer than {MaxHeadersLength} bytes.");
        }
    }

    private void CheckHost(HttpContext context)
    {
        var host = context.Request.Host.Host;
        var allowed = _allowedHosts.Contains(host) || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && (IPAddress.IsLoopback(address) || address.MapToIPv6().Equals(context.Connection.LocalIpAddress?.MapToIPv6())));
        if (!allowed)
        {
            throw new RefusedRequestException(400, "host_not_allowed", $"The host of the request is neither this machine's address nor one of {HttpOptions.SectionName}:AllowedHosts.");
        }
    }

    // Browsers send one or both of these headers; other programs send neither.
    private static bool IsForeign(HttpRequest request) => !IsRead(request)
        && (request.Headers["Sec-Fetch-Site"].Any(site => site is not ("same-origin" or "none"))
            || request.Headers.Origin.Any(origin => !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || !uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)));

    // CORS itself rejects nothing: it only keeps the page from reading the response.
    private static async Task<bool> IsAllowedByPolicyAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var policy = context.GetEndpoint()?.Metadata.GetMetadata<ICorsMetadata>() switch
        {
            ICorsPolicyMetadata own => own.Policy,
            IEnableCorsAttribute named => await services.GetRequiredService<ICorsPolicyProvider>().GetPolicyAsync(context, named.PolicyName),
            _ => null,
        };
        return policy is not null && services.GetRequiredService<ICorsService>().EvaluatePolicy(context, policy).IsOriginAllowed;
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
