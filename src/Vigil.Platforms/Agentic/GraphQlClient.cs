namespace Vigil.Platforms.Agentic;

/// <summary>Sends GraphQL operations.</summary>
internal sealed class GraphQlClient(PlatformHttp http, Uri address)
{
    /// <summary>Gets how GraphQL requests are authenticated and how their errors are read.</summary>
    public static PlatformDialect Dialect { get; } = new(
        PlatformDialect.Bearer,
        body => GraphQlError.ReadAll(body) is [var first, ..] ? new ErrorWords(first.Code, first.Message) : new ErrorWords(null, body["message"].Text()));

    /// <summary>Sends one operation. A failed request throws; GraphQL's own errors are in the answer.</summary>
    public async Task<GraphQlAnswer> SendAsync(
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
        var answer = await http.SendAsync(request, cancellationToken);
        try
        {
            return new GraphQlAnswer(operation, answer);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }
}
