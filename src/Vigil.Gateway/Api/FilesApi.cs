using System.ComponentModel;
using System.Net.Http.Headers;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using Vigil.Client;
using ContentDispositionHeaderValue = Microsoft.Net.Http.Headers.ContentDispositionHeaderValue;

namespace Vigil.Gateway.Api;

/// <summary><c>/v1/executions/{id}/files</c>: the files that an execution wrote, and the content of each one, streamed from its platform.</summary>
internal static class FilesApi
{
    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/v1/executions/{id}/files").WithTags("files");
        files.MapGet("", ListFilesAsync).WithSummary("Lists the files that an execution wrote.").Fails(ProblemCodes.ExecutionNotFound);
        files.MapGet("/{fileId}", DownloadFileAsync)
            .WithSummary("Streams one file from its platform.")
            .WithDescription("A Range header of one range is passed on; the answer is then 206, or 200 with the whole file if the platform does not support it.")
            .WithMetadata(
                new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Stream), [MediaTypeNames.Application.Octet]) { Description = "The file." },
                new ProducesResponseTypeMetadata(StatusCodes.Status206PartialContent, typeof(Stream), [MediaTypeNames.Application.Octet]) { Description = "A part of the file." },
                new AnswerHeader(StatusCodes.Status206PartialContent, "Content-Range", "The bytes that the answer has, such as bytes 0-99/1234."))
            .Fails(ProblemCodes.ExecutionNotFound, ProblemCodes.FileNotFound, ProblemCodes.PlatformUnavailable);
    }

    private static async Task<Answer<FileList>> ListFilesAsync(string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        new(new(await gateway.ListFilesAsync(id, cancellationToken)));

    private static async Task DownloadFileAsync(
        HttpContext context,
        string id,
        string fileId,
        [FromHeader(Name = "Range"), Description("The bytes to send, such as bytes=0-99. A range that is not valid is ignored.")] string? range,
        ExecutionGateway gateway,
        CancellationToken cancellationToken)
    {
        await using var file = await gateway.OpenFileAsync(id, fileId, ReadRange(range), cancellationToken);
        var (response, download) = (context.Response, file.Download);
        response.StatusCode = download.ContentRange is null ? StatusCodes.Status200OK : StatusCodes.Status206PartialContent;
        response.ContentType = download.ContentType ?? MediaTypeNames.Application.Octet;
        response.ContentLength = download.LengthBytes;
        if (download.ContentRange is { } contentRange)
        {
            response.Headers.ContentRange = contentRange;
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
    private static string? ReadRange(string? header) =>
        RangeHeaderValue.TryParse(header, out var range) && range.Unit == "bytes" && range.Ranges.Count == 1 ? range.ToString() : null;
}

/// <summary>The files of one execution.</summary>
/// <param name="Items">The files, in the order of its steps.</param>
internal sealed record FileList(ImmutableArray<ExecutionFile> Items);
