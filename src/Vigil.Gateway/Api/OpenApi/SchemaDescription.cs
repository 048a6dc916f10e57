using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

/// <summary>Completes the schemas of answers. The framework makes them from the types, and their descriptions from the comments of the types.</summary>
internal static class SchemaDescription
{
    public static Task ApplyAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(PendingWork))
        {
            // Generators name the type by the title.
            schema.Type = JsonSchemaType.Array;
            schema.Items = new OpenApiSchema { Title = "PendingWorkKind", Type = JsonSchemaType.String, Enum = WordsOf<PendingWork>() };
        }
        else if (schema.Enum is { } words)
        {
            // Where a word may be null, the property says so.
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. words.Where(word => word is not null)];
        }

        // All members are always written, except those that say otherwise.
        var written = context.JsonTypeInfo.Properties
            .Where(property => property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: true) != true)
            .Select(property => property.Name);
        schema.Required = schema.Properties is { } properties ? written.Where(properties.ContainsKey).ToHashSet() : null;
        return Task.CompletedTask;
    }

    private static JsonNode[] WordsOf<TEnum>()
        where TEnum : struct, Enum =>
        [.. Enum.GetValues<TEnum>().Where(value => !value.Equals(default(TEnum))).Select(value => JsonValue.Create(JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString())))];
}
