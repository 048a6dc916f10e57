using Vigil.Client;

namespace Vigil.Gateway.Api;

/// <summary>
/// <c>/v1/executions/{id}/output</c> and <c>/raw</c>: what is kept of an ended execution, without the execution around it. A document that was cut is not
/// valid JSON any more, so it is sent as plain text with the header <c>Vigil-Truncated: true</c>.
/// </summary>
internal static class AnswersApi
{
    public static void MapAnswers(this IEndpointRouteBuilder routes)
    {
        var execution = routes.MapGroup("/v1/executions/{id}").WithTags("executions");
        execution.MapGet("/output", GetOutputAsync).WithSummary("Returns the output of an execution that has ended.").Describe(ProblemCodes.OutputNotAvailable);
        execution.MapGet("/raw", GetRawAsync).WithSummary("Returns the platform's last answer about an execution that has ended, as it was sent.").Describe(ProblemCodes.RawNotAvailable);
    }

    private static void Describe(this RouteHandlerBuilder endpoint, ProblemCode notAvailable) => endpoint
        .WithDescription("Any JSON value. Beyond 1 MiB it is cut; then, and if a part of an output was not JSON, it is sent as text/plain with the header Vigil-Truncated: true.")
        .WithMetadata(
            new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(object), ["application/json", "text/plain"]) { Description = "What was kept." },
            new AnswerHeader(StatusCodes.Status200OK, "Vigil-Truncated", "true if a part is missing; otherwise the header is absent."))
        .Fails(ProblemCodes.ExecutionNotFound, notAvailable);

    private static async Task<ContentHttpResult> GetOutputAsync(HttpContext context, string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        Content(context, await gateway.GetOutputAsync(id, cancellationToken));

    private static async Task<ContentHttpResult> GetRawAsync(HttpContext context, string id, ExecutionGateway gateway, CancellationToken cancellationToken) =>
        Content(context, await gateway.GetRawAsync(id, cancellationToken));

    private static ContentHttpResult Content(HttpContext context, KeptAnswer answer)
    {
        // The platform chose the content; a browser must not guess that it is a page.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (answer.Truncated)
        {
            context.Response.Headers["Vigil-Truncated"] = "true";
        }

        return TypedResults.Text(answer.Text, answer.Truncated ? "text/plain" : "application/json", Encoding.UTF8);
    }
}
