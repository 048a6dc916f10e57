namespace Vigil.Platforms.Agentic;

internal sealed class GraphQlClient(PlatformHttp http, Uri address)
{
    public static PlatformDialect Dialect { get; } = new(
        PlatformDialect.Bearer,
        body => GraphQlError.ReadAll(body) is [var first, ..] ? new ErrorDetails(first.Code, first.Message) : new ErrorDetails(null, body["message"].Text()))
    {
        IsOwn = body => body["errors"].Items().Any(),
    };

    /// <summary>Sends one operation. A failed request throws; GraphQL errors are in the response.</summary>
    public async Task<GraphQlResponse> SendAsync(
        string operation, string query, Action<Utf8JsonWriter> writeVariables, bool acts, CancellationToken cancellationToken)
    {
        var request = new PlatformRequest(operation, HttpMethod.Post, address)
        {
            Acts = acts,
            Content = PlatformRequest.JsonObject(writer =>
            {
                writer.WriteString("query", query);
                writer.WriteStartObject("variables");
                writeVariables(writer);
                writer.WriteEndObject();
            }),
        };
        var response = await http.SendAsync(request, cancellationToken);
        try
        {
            return new GraphQlResponse(operation, response, http.Redact);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
