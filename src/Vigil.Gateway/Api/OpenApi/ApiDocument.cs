using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace Vigil.Gateway.Api;

/// <summary>
/// The OpenAPI document of Vigil's endpoints. It is made with services of its own, so that it describes the JSON that Vigil writes whatever the JSON options
/// of the host are, and so that the host's own documents stay as they are.
/// </summary>
internal static class ApiDocument
{
    /// <summary>The group of Vigil's endpoints. Other documents omit the endpoints of groups that are not theirs.</summary>
    public const string Name = "vigil";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapDocument(this IEndpointRouteBuilder routes)
    {
        var document = new Lazy<Task<string>>(() => WriteAsync(routes.ServiceProvider));
        routes.MapGet("/openapi/v1.json", async () => TypedResults.Text(await document.Value, "application/json", Encoding.UTF8)).ExcludeFromDescription();
    }

    private static async Task<string> WriteAsync(IServiceProvider host)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(host.GetRequiredService<IHostEnvironment>())
            .AddSingleton(host.GetRequiredService<IApiDescriptionGroupCollectionProvider>())
            .ConfigureHttpJsonOptions(json => json.SerializerOptions.Configure())
            .AddOpenApi(Name, Configure)
            .BuildServiceProvider();
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
        var json = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!;
        Comments.Translate(json["components"]);
        return json.ToJsonString(Indented);
    }

    private static void Configure(this JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNamingPolicy = ApiJson.Default.Options.PropertyNamingPolicy;
        options.TypeInfoResolver = ApiJson.Default;
    }

    private static void Configure(OpenApiOptions options)
    {
        options.ShouldInclude = operation => operation.GroupName == Name && operation.HttpMethod != HttpMethods.Head;
        options.AddOperationTransformer(OperationDescription.ApplyAsync);
        options.AddSchemaTransformer(SchemaDescription.ApplyAsync);
        options.AddDocumentTransformer(async (document, context, cancellationToken) =>
        {
            document.Info = new()
            {
                Title = "Vigil",
                Version = "v1",
                Description =
                    "Starts runs on other companies' platforms, or adopts them, and watches them to their end. Names and words are in snake_case, times are in UTC. "
                    + "Every error is a problem document with a code. HEAD is answered like GET, without the body.",
            };
            document.AddComponent<IOpenApiSchema>(RequestShape.StatusWord, RequestShape.StatusWords());

            // No operation answers with one event alone, so nothing else would bring its schema. The framework would repeat that of the execution in it.
            var executionEvent = await context.GetOrCreateSchemaAsync(typeof(ExecutionEvent), null, cancellationToken);
            var execution = executionEvent.Properties!["execution"];
            executionEvent.Properties["execution"] = new OpenApiSchemaReference(nameof(Execution), document) { Description = execution.Description };
            document.AddComponent<IOpenApiSchema>(nameof(ExecutionEvent), executionEvent);
            document.Servers = [new() { Url = "/" }];
        });
    }
}
