using System.Net.Mime;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

/// <summary>Completes an operation from the metadata of its endpoint: what its request may contain, and what it answers if it fails.</summary>
internal static class OperationDescription
{
    private static readonly Dictionary<string, (string Description, int? MaxLength)> PathParameters = new()
    {
        ["id"] = ("The execution's id.", RequestLimits.MaxIdLength),
        ["fileId"] = ("The file's id, as the list of files tells it.", null),
        ["name"] = ("The connection's name.", null),
        ["connection"] = ("The connection's name.", null),
        ["remoteId"] = ("The platform's id of the run.", null),
    };

    public static Task ApplyAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId = NameOf(metadata.OfType<MethodInfo>().Single());
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Path))
        {
            // The app may have mapped the API below parameters of its own.
            if (PathParameters.TryGetValue(parameter.Name!, out var known))
            {
                parameter.Description = known.Description;
                ((OpenApiSchema)parameter.Schema!).MaxLength = known.MaxLength;
            }
        }

        if (metadata.OfType<RequestShape>().SingleOrDefault() is { } shape)
        {
            Describe(operation, shape, context.Document!);
        }

        Describe(operation.Responses!, metadata);
        foreach (var codes in metadata.OfType<ProblemCode>().Distinct().GroupBy(code => code.Status))
        {
            Describe((OpenApiResponse)operation.Responses![codes.Key.ToString(CultureInfo.InvariantCulture)], [.. codes], context.Document!);
        }

        return Task.CompletedTask;
    }

    private static string NameOf(MethodInfo handler)
    {
        var name = handler.Name.EndsWith("Async", StringComparison.Ordinal) ? handler.Name[..^"Async".Length] : handler.Name;
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static void Describe(OpenApiOperation operation, RequestShape shape, OpenApiDocument document)
    {
        foreach (var parameter in shape.Parameters)
        {
            operation.Parameters!.Add(parameter);
        }

        if (shape.BodyName is not { } name)
        {
            return;
        }

        foreach (var (schema, value) in shape.Objects.Append(new(name, shape.Body)))
        {
            document.AddComponent<IOpenApiSchema>(schema, value);
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = shape.Body.Required!.Count > 0,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = new OpenApiSchemaReference(name, document), Example = JsonNode.Parse(shape.Example!) },
            },
        };
    }

    private static void Describe(OpenApiResponses responses, IList<object> metadata)
    {
        foreach (var header in metadata.OfType<AnswerHeader>())
        {
            var response = (OpenApiResponse)responses[header.Status.ToString(CultureInfo.InvariantCulture)];
            response.Headers ??= new Dictionary<string, IOpenApiHeader>();
            response.Headers[header.Name] = new OpenApiHeader { Description = header.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        foreach (var answer in metadata.OfType<ProducesResponseTypeMetadata>())
        {
            if (responses[answer.StatusCode.ToString(CultureInfo.InvariantCulture)].Content?.TryGetValue(MediaTypeNames.Application.Json, out var content) == true)
            {
                content.Example = AnswerExamples.Of(answer.Type);
            }
        }

        // The metadata of an endpoint cannot say that a file may have any type.
        foreach (var types in responses.Values.Select(response => response.Content))
        {
            if (types?.Remove(MediaTypeNames.Application.Octet, out var file) == true)
            {
                types["*/*"] = file;
            }
        }
    }

    private static void Describe(OpenApiResponse response, ProblemCode[] codes, OpenApiDocument document)
    {
        response.Description = string.Join("\n", codes.Select(code => $"- `{code.Code}`: {code.Meaning}"));
        var content = response.Content!["application/problem+json"];
        content.Examples = new Dictionary<string, IOpenApiExample>();
        foreach (var code in codes)
        {
            document.AddComponent<IOpenApiExample>(code.Code, new OpenApiExample { Summary = code.Meaning, Value = ExampleOf(code) });
            content.Examples[code.Code] = new OpenApiExampleReference(code.Code, document);
        }

        if (codes[0].Status == StatusCodes.Status503ServiceUnavailable)
        {
            var header = new OpenApiHeader { Description = "After how many seconds a repetition is worthwhile.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } };
            response.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = header };
        }
    }

    private static JsonObject ExampleOf(ProblemCode code) => new JsonObject
    {
        ["type"] = $"urn:vigil:problem:{code.Code}",
        ["title"] = code.Meaning,
        ["status"] = code.Status,
        ["code"] = code.Code,
    };
}
