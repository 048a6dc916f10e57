using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Vigil.Gateway.Tests.OpenApi;

/// <summary>
/// Compares every answer with the OpenAPI document: its status, headers and content type are described for the operation, and its body fits the schema
/// field by field. It keeps which statuses and codes were seen.
/// </summary>
internal sealed class DocumentCheck(JsonNode document, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly string[] UsualHeaders =
        ["Date", "Server", "Transfer-Encoding", "Connection", "Cache-Control", "Pragma", "Content-Encoding", "X-Content-Type-Options", "Content-Type", "Content-Length", "Content-Disposition", "Allow"];

    private readonly (Regex Path, JsonObject Methods)[] _paths =
    [
        .. document["paths"]!.AsObject()
            .OrderBy(path => path.Key.Contains('{', StringComparison.Ordinal))
            .Select(path => (new Regex($"^{Regex.Replace(path.Key, @"\{\w+\}", "[^/]+")}$"), path.Value!.AsObject())),
    ];

    /// <summary>Gets the operations with the statuses that they answered.</summary>
    public ConcurrentDictionary<(string Operation, int Status), bool> Seen { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var methods = _paths.First(path => path.Path.IsMatch(request.RequestUri!.AbsolutePath)).Methods;
        var operation = methods[request.Method.Method.ToLowerInvariant()]!;
        var (name, status) = ((string)operation["operationId"]!, (int)response.StatusCode);
        var described = operation["responses"]![$"{status}"];
        if (described is null)
        {
            Assert.Fail($"{name} answered {status}, which the document does not have: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }

        Seen[(name, status)] = true;
        foreach (var header in response.Headers.Concat(response.Content.Headers).Select(header => header.Key).Except(UsualHeaders))
        {
            Assert.True(described["headers"]?[header] is not null, $"{name} answered {status} with the header {header}, which the document does not have.");
        }

        await CheckContentAsync($"{name} {status}", response.Content, described["content"]?.AsObject(), cancellationToken);
        return response;
    }

    private async Task CheckContentAsync(string place, HttpContent content, JsonObject? described, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentType?.MediaType is "text/event-stream")
        {
            // It may never end; who asked for it reads it.
            Assert.True(described!.ContainsKey("text/event-stream"), place);
            return;
        }

        await content.LoadIntoBufferAsync(cancellationToken);
        var text = await content.ReadAsStringAsync(cancellationToken);
        if (described is null)
        {
            Assert.Equal((place, ""), (place, text));
            return;
        }

        var type = MediaTypeHeaderValue.Parse(content.Headers.ContentType!.ToString()).MediaType!;
        var media = described[type] ?? described["*/*"];
        Assert.True(media is not null, $"{place} was sent as {type}, which the document does not have.");
        if (type is "application/json" or "application/problem+json")
        {
            var body = JsonNode.Parse(text);
            new SchemaCheck(document).Check(place, body, media["schema"]!);
            if (type is "application/problem+json")
            {
                var codes = media["examples"]!.AsObject().Select(example => example.Key);
                Assert.True(codes.Contains((string?)body!["code"]), $"{place} has the code {body["code"]}, which is not one of {string.Join(", ", codes)}.");
            }
        }
    }
}
