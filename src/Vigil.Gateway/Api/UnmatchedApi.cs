using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace Vigil.Gateway.Api;

/// <summary>
/// Answers requests below Vigil's addresses that none of its routes takes. Routing itself would reject a method or a content type without Vigil's error
/// document, and would leave an unknown address to the app. The app's own routes come first.
/// </summary>
internal static class UnmatchedApi
{
    public static void MapUnmatched(this IEndpointRouteBuilder routes, string path) => routes.MapFallback($"{path}/{{**rest}}", RejectAsync);

    private static Task RejectAsync(HttpContext context)
    {
        string[] methods =
        [
            .. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Where(endpoint => endpoint.Metadata.GetMetadata<VigilRoute>() is not null && Matches(endpoint, context.Request.Path))
                .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                .Distinct().Order(StringComparer.Ordinal),
        ];
        context.Response.StatusCode = methods.Length == 0 ? StatusCodes.Status404NotFound
            : methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase) ? StatusCodes.Status415UnsupportedMediaType
            : StatusCodes.Status405MethodNotAllowed;
        if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
        {
            context.Response.Headers.Allow = string.Join(", ", methods);
        }

        return Task.CompletedTask;
    }

    private static bool Matches(RouteEndpoint endpoint, PathString path) =>
        new TemplateMatcher(new(endpoint.RoutePattern), new(endpoint.RoutePattern.Defaults)).TryMatch(path, []);
}

/// <summary>Marks the routes of Vigil among those of the app.</summary>
internal sealed class VigilRoute
{
    public static readonly VigilRoute Marker = new();
}
