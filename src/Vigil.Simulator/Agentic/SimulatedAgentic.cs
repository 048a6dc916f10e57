using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Vigil.Simulator.Agentic;

/// <summary>The Agentic Platform's API: GraphQL, and files with tokens.</summary>
internal sealed class SimulatedAgentic : SimulatedPlatform
{
    private readonly FlowFileStore _files;
    private readonly Dictionary<string, GraphQlRootField> _schema;

    public SimulatedAgentic(SimulatedPlatforms world)
        : base(world, "agentic")
    {
        _files = new FlowFileStore(world, Name);
        _schema = new FlowSchema(world, _files, Tokens, Name).Fields.ToDictionary(field => field.Name);
    }

    public override IEnumerable<SimulatedRoute> Routes =>
    [
        new("POST", "/graphql", Query),
        new("GET", "/files/download", Download),
        new("POST", "/files/upload", Upload),
    ];

    protected override SimulatedResponse Unauthorized => Error(401, "UNAUTHENTICATED", "The token is missing or not valid.");

    public override void Reset()
    {
        base.Reset();
        _files.Clear();
    }

    public override SimulatedResponse Error(int status, string code, string message) => SimulatedResponse.Json(
        new { errors = new[] { new { message, extensions = new { code = code.ToUpperInvariant() } } } }, status);

    private SimulatedCall Query(SimulatedRequest request)
    {
        if (!Tokens.Accepts(request.Bearer()))
        {
            return new("query", () => Unauthorized);
        }

        GraphQlExecution execution;
        try
        {
            var body = request.Json() ?? throw new GraphQlRequestException("The body must be a JSON object.");
            execution = new GraphQlExecution(_schema, body, World.Options.AliasLimit);
        }
        catch (GraphQlRequestException e)
        {
            return new("query", () => Error(e.Status, e.Code, e.Message));
        }

        var first = execution.Roots[0];
        var runIds = execution.Roots.Where(root => root.Root.Operation is "status" or "cancel").Select(root => root.Arguments.TextOrNull("flow_execution_id")).OfType<string>().ToList();
        return new(first.Root.Operation, () => Run(execution, runIds))
        {
            Target = first.Root.Operation == "start" ? first.Arguments.TextOrNull("flowId") : null,
            RunIds = runIds,
        };
    }

    private SimulatedResponse Run(GraphQlExecution execution, List<string> runIds)
    {
        try
        {
            var response = execution.Run();
            if (response["data"]?["executeFlow"]?["id"] is JsonValue started)
            {
                runIds.Add(started.GetValue<string>());
            }

            return new SimulatedResponse(200, Encoding.UTF8.GetBytes(response.ToJsonString()));
        }
        catch (GraphQlRequestException e)
        {
            return Error(e.Status, e.Code, e.Message);
        }
    }

    private SimulatedCall Download(SimulatedRequest request) => new("download", () =>
    {
        if (!Tokens.Accepts(request.Bearer()))
        {
            return Unauthorized;
        }

        // The client does not escape the file name, which may therefore contain a token parameter itself; the real token is the last one.
        return _files.Open(request.Query("download-token")?.Split(',')[^1] ?? "") is { } file
            ? RangeOf(file, request.Header("Range"))
            : Error(403, "FORBIDDEN", "The download token is not valid.");
    });

    private static SimulatedResponse RangeOf(FlowFileStore.StoredFile file, string? header)
    {
        var size = file.Bytes.Length;
        var whole = new SimulatedResponse(200, file.Bytes, WithCharset(file.ContentType)).With("Accept-Ranges", "bytes");
        if (header is null || !RangeHeaderValue.TryParse(header, out var range) || range.Ranges.Count != 1)
        {
            return whole;
        }

        var requested = range.Ranges.First();
        var from = requested.From ?? Math.Max(0, size - requested.To!.Value);
        var to = requested.From is null ? size - 1 : Math.Min(requested.To ?? long.MaxValue, size - 1);
        return from > to
            ? SimulatedResponse.Nothing(416).With("Content-Range", $"bytes */{size}")
            : (whole with { Status = 206, Body = file.Bytes.AsMemory((int)from..(int)(to + 1)) })
                .With("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to}/{size}"));
    }

    // Clients decode text without a charset as Latin-1.
    private static string WithCharset(string contentType) =>
        contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) && !contentType.Contains("charset", StringComparison.OrdinalIgnoreCase)
            ? $"{contentType}; charset=utf-8"
            : contentType;

    private SimulatedCall Upload(SimulatedRequest request) => new("upload", () =>
        ReadFile(request) is not { } file ? Error(400, "BAD_REQUEST", "There is no file in the form.")
            : _files.TryStore(request.Query("upload-token") ?? "", file) ? SimulatedResponse.Json(new { success = true })
            : Error(403, "FORBIDDEN", "The upload token is not valid."));

    private static FlowFileStore.StoredFile? ReadFile(SimulatedRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out var type)
            || type.Parameters.FirstOrDefault(parameter => parameter.Name == "boundary")?.Value?.Trim('"') is not { Length: > 0 } boundary)
        {
            return null;
        }

        // The body is in memory, so this never blocks.
        var reader = new MultipartReader(boundary, new MemoryStream(request.Body.ToArray()));
        while (reader.ReadNextSectionAsync().GetAwaiter().GetResult() is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var part) && part.Name?.Trim('"') == "file")
            {
                using var bytes = new MemoryStream();
                section.Body.CopyTo(bytes);
                return new FlowFileStore.StoredFile(bytes.ToArray(), section.ContentType ?? "application/octet-stream");
            }
        }

        return null;
    }
}
