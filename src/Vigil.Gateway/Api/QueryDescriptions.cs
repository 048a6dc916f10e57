using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

/// <summary>Describes query parameters, which the handlers read themselves so that a caller learns of all that is wrong at once.</summary>
internal static class QueryDescriptions
{
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, string name, OpenApiSchema schema, string description) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            operation.Parameters.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Schema = schema, Description = description });
            return Task.CompletedTask;
        });
}
