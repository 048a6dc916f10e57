using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Vigil.Gateway.Api;

namespace Vigil.Gateway.Tests.OpenApi;

/// <summary>The OpenAPI document and the server say the same.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class DocumentTests(VigilApp app)
{
    // What does not happen in an app that runs well.
    private static readonly int[] NotTried = [408, 500, 503];

    [Fact]
    public async Task Document_HasEveryRouteAndNoOther()
    {
        var document = await DocumentAsync();
        var described = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject(), (path, method) => $"{method.Key.ToUpperInvariant()} {path.Key}");

        var routes = app.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').Split('/')[0] is "v1" or "healthz" or "readyz")
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [], (endpoint, method) => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/')}")
            .Where(route => !route.StartsWith("HEAD ", StringComparison.Ordinal));

        Assert.Equal(routes.Order(), described.Order());
    }

    [Fact]
    public async Task Document_IsReadWithoutErrorsAndWarnings()
    {
        var (document, diagnostic) = OpenApiDocument.Parse((await DocumentAsync()).ToJsonString(), "json");

        Assert.Empty(diagnostic!.Errors);
        Assert.Empty(diagnostic.Warnings);
        Assert.Equal(("Vigil", OpenApiSpecVersion.OpenApi3_1), (document!.Info.Title, diagnostic.SpecificationVersion));
        var operations = document.Paths.Values.SelectMany(path => path.Operations!.Values).ToArray();
        Assert.All(operations, operation => Assert.EndsWith(".", operation.Summary, StringComparison.Ordinal));
        Assert.Equal(operations.Length, operations.Select(operation => operation.OperationId).Distinct().Count());
        Assert.All(operations.SelectMany(operation => operation.Parameters ?? []), parameter => Assert.False(string.IsNullOrEmpty(parameter.Description), parameter.Name));
        foreach (var (name, schema) in document.Components!.Schemas!)
        {
            Assert.All(schema.Properties ?? new Dictionary<string, IOpenApiSchema>(), field => Assert.False(HasNone(field.Value), $"{name}.{field.Key} has no description."));
        }
    }

    [Fact]
    public async Task Document_NamesNoTypeOfTheCode() =>
        Assert.DoesNotMatch(@"Gets |&lt;|\b(Execution|ImmutableArray|String|AttentionReasons)\b[.<]|JSON text", (await DocumentAsync()).ToJsonString());

    [Fact]
    public async Task Document_HasEveryCodeOfAProblem()
    {
        var described = (await DocumentAsync())["components"]!["examples"]!.AsObject().Select(example => example.Key);

        var codes = typeof(ProblemCodes).GetFields().Select(field => field.GetValue(null)).OfType<ProblemCode>().Select(code => code.Code);
        Assert.Equal(codes.Order(), described.Order());
    }

    [Fact]
    public async Task Examples_FitTheirSchemas()
    {
        var document = await DocumentAsync();
        var operations = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).ToArray();

        var answers = operations.SelectMany(operation => operation.Value!["responses"]!.AsObject()).Select(response => response.Value!["content"]);
        var examples = answers.Concat(operations.Select(operation => operation.Value!["requestBody"]?["content"])).Select(content => content?["application/json"]).OfType<JsonNode>()
            .Where(media => media["example"] is not null).ToArray();
        Assert.InRange(examples.Length, 20, 100);
        Assert.All(examples, media => new SchemaCheck(document).Check("example", media["example"], media["schema"]!));
        var problems = document["components"]!["examples"]!.AsObject();
        Assert.All(problems, problem => new SchemaCheck(document).Check(problem.Key, problem.Value!["value"], document["components"]!["schemas"]!["Problem"]!));
    }

    [Fact]
    public async Task EveryField_ThatARequestMayHave_IsDescribed()
    {
        var document = await DocumentAsync();
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                var parameters = (operation!["parameters"] as JsonArray ?? []).Where(parameter => (string?)parameter!["in"] == "query").Select(parameter => (string)parameter!["name"]!).ToArray();
                if (operation["requestBody"]?["content"]!["application/json"]!["schema"] is { } schema)
                {
                    var fields = new SchemaCheck(document).Resolve(schema)["properties"]!.AsObject().Select(field => field.Key);
                    Assert.Equal((path, Allowed(fields)), (path, await ColourAsync(HttpMethod.Post, path, """{"colour":"red"}""")));
                }
                else if (parameters.Length > 0)
                {
                    Assert.Equal((path, Allowed(parameters)), (path, await ColourAsync(HttpMethod.Parse(method), $"{path}?colour=red", null)));
                }
            }
        }
    }

    [Fact]
    public async Task EveryOperation_ThroughAGeneratedClient_AnswersAsDescribed()
    {
        var document = await DocumentAsync();
        using var check = new DocumentCheck(document, new SocketsHttpHandler());
        using var http = new HttpClient(check) { BaseAddress = app.Http.BaseAddress, Timeout = TimeSpan.FromMinutes(5) };
        var target = VigilApp.NewKey();
        using var platform = new HttpClient { BaseAddress = app.Silo.SimulatorAddress };
        platform.DefaultRequestHeaders.Authorization = new("Bearer", "any");
        object[] files = [new { name = "report.csv", text = "id,total", content_type = "text/csv" }];
        await ScriptAsync(platform, "agentic", target, new { name = "write", duration = 0.1, files });
        await ScriptAsync(platform, "cognite", target, new { name = "write", duration = 0.1, fails = true, reason = "No." });
        await ScriptAsync(platform, "moderately", target);

        var program = await GeneratedClient.CompileAsync(document.ToJsonString(), await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "OpenApi", "EveryOperation.cs")));
        await (Task)program.GetType("EveryOperation")!.GetMethod("RunAsync")!.Invoke(null, [http, target, () => StartElsewhereAsync(platform, target)])!;
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                await SpoilAsync(http, HttpMethod.Parse(method), path.Replace("{", "no-", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal), operation!);
            }
        }

        var missed = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .SelectMany(operation => operation.Value!["responses"]!.AsObject(), (operation, response) => ((string)operation.Value!["operationId"]!, int.Parse(response.Key, CultureInfo.InvariantCulture)))
            .Where(answer => !NotTried.Contains(answer.Item2) && !check.Seen.ContainsKey(answer));
        Assert.Empty(missed);
    }

    /// <summary>Sends requests that each operation refuses.</summary>
    private static async Task SpoilAsync(HttpClient http, HttpMethod method, string path, JsonNode operation)
    {
        var statuses = operation["responses"]!.AsObject().Select(response => response.Key).ToArray();
        await SendAsync(http, method, path, request => request.Headers.Host = "evil.example");
        await SendAsync(http, method, $"{path}?x={new string('x', 9000)}", _ => { });
        await SendAsync(http, method, path, request => request.Headers.Add("X-Large", new string('x', 60_000)));
        if (statuses.Contains("403"))
        {
            await SendAsync(http, method, path, request => request.Headers.Add("Origin", "http://evil.example"));
        }

        if (statuses.Contains("404"))
        {
            await SendAsync(http, method, path, _ => { });
        }

        if (statuses.Contains("413"))
        {
            await SendAsync(http, method, path, request => request.Content = new StringContent(new string(' ', (1024 * 1024) + 1), Encoding.UTF8, "application/json"));
        }

        if (statuses.Contains("415"))
        {
            await SendAsync(http, method, path, request => request.Content = new StringContent("{}", Encoding.UTF8, "text/plain"));
        }
    }

    private static async Task SendAsync(HttpClient http, HttpMethod method, string path, Action<HttpRequestMessage> spoil)
    {
        using var request = new HttpRequestMessage(method, path);
        spoil(request);
        using var response = await http.SendAsync(request);
        Assert.InRange((int)response.StatusCode, 200, 499);
    }

    private static string Allowed(IEnumerable<string> names) => $"is not known; allowed: {string.Join(", ", names)}.";

    /// <summary>Sends a field that no request has, and returns what the server says of it.</summary>
    private async Task<string?> ColourAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await app.Http.SendAsync(request);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (string?)problem["errors"]!.AsArray().Single(error => (string?)error!["field"] == "colour")!["message"];
    }

    private static bool HasNone(IOpenApiSchema schema) => string.IsNullOrEmpty(schema.Description) && schema.OneOf?.Any(choice => !string.IsNullOrEmpty(choice.Description)) != true;

    private static async Task ScriptAsync(HttpClient platform, string name, string target, params object[] steps)
    {
        using var scripted = await platform.PostAsJsonAsync("/_sim/scripts", new { platform = name, target, script = new { steps } });
        Assert.Equal(HttpStatusCode.OK, scripted.EnsureSuccessStatusCode().StatusCode);
    }

    private static async Task<string> StartElsewhereAsync(HttpClient platform, string target)
    {
        using var response = await platform.PostAsJsonAsync("/moderately/agent-executions", new { agent_id = target, input_data = new { } });
        return (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["agentExecutionId"]!;
    }

    private async Task<JsonNode> DocumentAsync() => JsonNode.Parse(await app.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;
}
