using System.Net.Http.Headers;
using Vigil.Client;
using ContentDispositionHeaderValue = Microsoft.Net.Http.Headers.ContentDispositionHeaderValue;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/executions/{id}/files</c>: the files that an execution wrote, and the content of each one, streamed from its platform.</summary>
internal static class FilesApi
{
    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/v1/executions/{id}/files").WithTags("files");
        files.MapGet("", ListAsync).WithSummary("Lists the files that an execution wrote.");
        files.MapGet("/{fileId}", OpenAsync).WithSummary("Streams one file; a Range header is passed on if the platform supports it.");
    }

    private static async Task<JsonHttpResult<FileList>> ListAsync(string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        TypedResults.Json(new FileList(await gateway.ListFilesAsync(id, cancellationToken)), ApiJson.Default.FileList);

    private static async Task OpenAsync(HttpContext context, string id, string fileId, ExecutionGateway gateway, CancellationToken cancellationToken)
    {
        await using var file = await gateway.OpenFileAsync(id, fileId, ReadRange(context.Request), cancellationToken);
        var (response, download) = (context.Response, file.Download);
        response.StatusCode = download.ContentRange is null ? StatusCodes.Status200OK : StatusCodes.Status206PartialContent;
        response.ContentType = download.ContentType ?? "application/octet-stream";
        response.ContentLength = download.LengthBytes;
        if (download.ContentRange is { } range)
        {
            response.Headers.ContentRange = range;
        }

        // The platform chose the name, so it is encoded, with an ASCII fallback. Browsers must neither render the file nor guess its type.
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(download.File.Name);
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await foreach (var chunk in file.ReadAsync(cancellationToken))
        {
            await response.Body.WriteAsync(chunk, cancellationToken);
        }
    }

    // An invalid range is not an error: the whole file is returned (RFC 9110, 14.2).
    private static string? ReadRange(HttpRequest request) =>
        RangeHeaderValue.TryParse(request.Headers.Range, out var range) && range.Unit == "bytes" && range.Ranges.Count == 1 ? range.ToString() : null;
}

/// <summary>The files of one execution.</summary>
internal sealed record FileList(ImmutableArray<ExecutionFile> Items);
