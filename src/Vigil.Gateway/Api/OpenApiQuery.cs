using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

internal static class OpenApiQuery
{
    /// <summary>Describes a parameter of the query. The handlers read the query themselves, to report all errors at once, so OpenAPI does not find it.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, string name, JsonSchemaType type, string description) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var schema = new OpenApiSchema { Type = type, Items = type == JsonSchemaType.Array ? new OpenApiSchema { Type = JsonSchemaType.String } : null };
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = schema, Description = description });
            return Task.CompletedTask;
        });
}
