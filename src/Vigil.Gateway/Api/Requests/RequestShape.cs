using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

/// <summary>
/// What a request may contain, for the OpenAPI document. The readers fill it in when they are run without a request, so that the document describes
/// exactly the fields that they read.
/// </summary>
internal sealed class RequestShape
{
    /// <summary>The name of the schema of a status in a request.</summary>
    public const string StatusWord = "StatusWord";

    /// <summary>Gets the parameters of the query and of the header.</summary>
    public List<OpenApiParameter> Parameters { get; } = [];

    /// <summary>Gets the object that the body is; it has no properties if the request has no body.</summary>
    public OpenApiSchema Body { get; } = NewObject();

    /// <summary>Gets the schemas of the objects in the body, by name.</summary>
    public Dictionary<string, OpenApiSchema> Objects { get; } = [];

    /// <summary>Gets the name of the body's schema; null if the request has no body.</summary>
    public string? BodyName { get; init; }

    /// <summary>Gets an example of the body, as JSON.</summary>
    public string? Example { get; init; }

    public static OpenApiSchema NewObject() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>(),
        Required = new HashSet<string>(),
        AdditionalPropertiesAllowed = false,
    };

    public static OpenApiSchema Text(string description, int? maxLength = null) =>
        new() { Type = JsonSchemaType.String, Description = description, MaxLength = maxLength };

    public static OpenApiSchema Time(string description) => new() { Type = JsonSchemaType.String, Format = "date-time", Description = description };

    public static OpenApiSchema Flag(string description) => new() { Type = JsonSchemaType.Boolean, Description = description };

    public static OpenApiSchema Texts(string description, int max) => Array(description, max, new OpenApiSchema { Type = JsonSchemaType.String });

    public static OpenApiSchema Statuses(string description) => Array(description, Api.StatusWord.MaxWords, new OpenApiSchemaReference(StatusWord));

    public static OpenApiSchema StatusWords() => new()
    {
        Type = JsonSchemaType.String,
        Description = "A status in Vigil's words, or in a platform's own where it can mean only one of them; in any letter case.",
        Enum = [.. Api.StatusWord.All],
    };

    public static OpenApiSchema TextMap(string description, int maxPairs, int maxLength) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        MaxProperties = maxPairs,
        AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxLength },
    };

    /// <summary>Describes a text that is one of these words; the first is the default.</summary>
    public static OpenApiSchema Word(string description, IEnumerable<string> words) =>
        new() { Type = JsonSchemaType.String, Description = description, Enum = [.. words], Default = words.First() };

    public static OpenApiSchema Duration(string description, TimeSpan max) => new()
    {
        Type = JsonSchemaType.String,
        Description = $"{description} A number with the unit ms, s (which may be omitted) or m, at most {max.TotalSeconds:0}s.",
        Pattern = "^[0-9]*\\.?[0-9]*(ms|s|m)?$",
    };

    public static OpenApiSchema Number(JsonSchemaType type, string description, double min, double max, double? defaultValue = null) => new()
    {
        Type = type,
        Format = type == JsonSchemaType.Number ? "double" : max <= int.MaxValue ? "int32" : "int64",
        Description = description,
        Minimum = min.ToString(CultureInfo.InvariantCulture),
        Maximum = max < long.MaxValue ? max.ToString(CultureInfo.InvariantCulture) : null,
        Default = defaultValue,
    };

    public void AddParameter(string name, ParameterLocation location, OpenApiSchema schema)
    {
        // Tools show the description of the parameter, not that of its schema.
        Parameters.Add(new() { Name = name, In = location, Schema = schema, Description = schema.Description });
        schema.Description = null;
    }

    private static OpenApiSchema Array(string description, int max, IOpenApiSchema items) =>
        new() { Type = JsonSchemaType.Array, Description = description, MaxItems = max, Items = items };
}

/// <summary>Adds the fields of a body to its schema.</summary>
internal static class BodySchema
{
    /// <summary>Adds a field that may be missing; null counts as missing.</summary>
    public static void AddField(this OpenApiSchema body, string name, OpenApiSchema field)
    {
        field.Type |= JsonSchemaType.Null;
        body.Properties![name] = field;
    }

    /// <summary>Adds such a field whose value is an object with a schema of its own.</summary>
    public static void AddField(this OpenApiSchema body, string name, string description, string component) => body.Properties![name] = new OpenApiSchema
    {
        OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, new OpenApiSchemaReference(component) { Description = description }],
    };

    public static void RequireField(this OpenApiSchema body, string name)
    {
        body.Required!.Add(name);
        var field = (OpenApiSchema)body.Properties![name];
        if (field.OneOf is [_, var value])
        {
            body.Properties[name] = value;
        }
        else
        {
            field.Type &= ~JsonSchemaType.Null;
        }
    }
}
