using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Vigil.Client;
using Vigil.Gateway.Api;

namespace Vigil.Gateway.Tests.Hosting;

/// <summary>The gateway in an app that has everything of its own: nothing of the app changes, and everything holds for Vigil's routes.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class GuestTests(VigilApp cluster)
{
    private static readonly (string, string) Key = ("Authorization", $"Bearer {ShopApp.Key}");
    private static readonly (string, string) Friend = ("Origin", ShopApp.Friend);
    private static readonly (string, string) Stranger = ("Origin", "https://evil.example");

    public static TheoryData<string> Prefixes => new("", "/ops/vigil");

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task App_WithVigil_AnswersAsWithoutIt(string prefix)
    {
        await using var plain = await ShopApp.StartWithoutVigilAsync();
        await using var host = await StartAsync(prefix);
        (string Method, string Path, string? Body, (string, string)[] Headers)[] requests =
        [
            ("GET", "/orders/1", null, []), ("GET", "/orders/x", null, []), ("HEAD", "/orders/1", null, []), ("GET", "/orders/1", null, [("Host", "shop.example")]),
            ("POST", "/orders", """{"orderNumber":2,"state":"on-its-way"}""", []), ("POST", "/orders", """{"orderNumber":2}""", [Stranger]), ("POST", "/orders", "no JSON", []),
            ("PUT", "/orders", "{}", []), ("OPTIONS", "/orders", null, [Friend, ("Access-Control-Request-Method", "POST")]),
            ("PUT", "/own", null, []), ("PUT", "/own", null, [Key, Stranger, (ShopApp.LimitedHeader, "yes")]), ("PUT", "/own", null, [Key, (ShopApp.LimitedHeader, "yes")]),
            ("GET", "/boom", null, []), ("GET", "/healthz", null, []), ("GET", "/readyz", null, []), ("GET", "/docs/v1.json", null, []),
            ("GET", "/", null, []), ("GET", "/nowhere", null, []), ("PUT", "/nowhere", null, []), ("GET", "/v1", null, []), ("GET", "/v1/orders", null, []), ("PUT", "/v1/executionsx", null, []),
            ("GET", "/ops", null, []), ("GET", "/ops/vigilant", null, []), ("GET", "/page.html", null, []),
        ];
        foreach (var (method, path, body, headers) in requests)
        {
            var expected = await AnswerAsync(plain, method, path, body, headers);
            var actual = await AnswerAsync(host, method, path, body, headers);

            Assert.Equal(expected, actual);
        }

        Assert.IsType<ShopApp.ShopTime>(host.Services.GetRequiredService<TimeProvider>());
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task Start_InAnApp_IsFoundWhereTheHeaderSays_InVigilsJson(string prefix)
    {
        await using var host = await StartAsync(prefix);
        IVigilClient client = new VigilHttpClient(new(host.Address + prefix), ShopApp.Key);
        var key = VigilApp.NewKey();

        using var started = await SendAsync(host, "POST", $"{prefix}/v1/executions", Start(key), Key);
        var location = Assert.IsType<Uri>(started.Headers.Location);
        using var again = await SendAsync(host, "POST", $"{prefix}/V1/Executions/", Start(key), Key);
        await client.GetHandle(key).WaitAsync();
        var execution = await JsonAsync(await SendAsync(host, "GET", location.OriginalString[ShopApp.PathBase.Length..], null, Key));

        Assert.Equal((HttpStatusCode.Created, $"{ShopApp.PathBase}{prefix}/v1/executions/{key}"), (started.StatusCode, location.OriginalString));
        Assert.Equal((HttpStatusCode.OK, location), (again.StatusCode, again.Headers.Location));
        Assert.Equal(("succeeded", true), ((string?)execution["status"], execution.AsObject().ContainsKey("accepted_at")));
        Assert.Contains(await client.ListAllAsync(new()).ToArrayAsync(), listed => listed.Id == key);
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task Error_OfVigilsRoutes_IsAProblemWithACode(string prefix)
    {
        await using var host = await StartAsync(prefix);
        (string Method, string Path, string? Body, (string, string)? Header, int Status, string Code)[] errors =
        [
            ("GET", "/v1/executions/unknown", null, null, 404, "execution_not_found"), ("GET", "/v1/executions?status=x", null, null, 400, "invalid_request"),
            ("POST", "/v1/executions", "no JSON", null, 400, "invalid_request"), ("POST", "/v1/executions", "{}", ("Content-Type", "text/plain"), 415, "unsupported_media_type"),
            ("POST", "/v1/executions", "{}", Stranger, 403, "foreign_origin"), ("OPTIONS", "/v1/executions/x/cancel", null, Stranger, 403, "foreign_origin"),
            ("GET", "/v1/executions", null, ("Host", "evil.example"), 400, "host_not_allowed"), ("PUT", "/v1/executions", null, ("Host", "evil.example"), 400, "host_not_allowed"),
            ("POST", "/v1/executions", new string(' ', 2 * 1024 * 1024), ("Expect", "100-continue"), 413, "body_too_large"),
            ("GET", "/v1/executions/x/y/z", null, null, 404, "not_found"), ("GET", "/v1/connections/x", null, null, 404, "not_found"),
        ];
        foreach (var (method, path, body, header, status, code) in errors)
        {
            using var response = await SendAsync(host, method, prefix + path, body, [Key, .. header is { } one ? [one] : Array.Empty<(string, string)>()]);

            Assert.Equal((path, status, code), (path, (int)response.StatusCode, await CodeAsync(response)));
        }

        using var head = await SendAsync(host, "HEAD", $"{prefix}/v1/executions/unknown", null, Key);
        Assert.Equal(HttpStatusCode.NotFound, head.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Prefixes))]
    public async Task EveryRoute_InAnApp_IsDescribed_KeepsThePolicy_AndSaysWhichMethodsItHas(string prefix)
    {
        await using var host = await StartAsync(prefix);
        var document = await JsonAsync(await SendAsync(host, "GET", $"{prefix}/openapi/v1.json", null, Key));
        var paths = document["paths"]!.AsObject();

        Assert.Equal("Vigil", (string?)document["info"]!["title"]);
        Assert.InRange(paths.Count, 10, 100);
        Assert.Equal("integer", (string?)document["components"]!["schemas"]!["Execution"]!["properties"]!["steps_total"]!["type"]);
        Assert.All(paths, path => Assert.StartsWith($"{prefix}/v1/", path.Key, StringComparison.Ordinal));
        foreach (var (template, operations) in paths)
        {
            var path = template.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
            foreach (var method in operations!.AsObject().Select(operation => operation.Key.ToUpperInvariant()).Append("PUT"))
            {
                using var anonymous = await SendAsync(host, method, path);
                Assert.Equal((path, HttpStatusCode.Unauthorized), (path, anonymous.StatusCode));
            }

            using var put = await SendAsync(host, "PUT", path, null, Key);
            Assert.Equal((path, HttpStatusCode.MethodNotAllowed, "method_not_allowed"), (path, put.StatusCode, await CodeAsync(put)));
            Assert.Superset(operations.AsObject().Select(operation => operation.Key.ToUpperInvariant()).ToHashSet(), put.Content.Headers.Allow.ToHashSet());
        }
    }

    [Fact]
    public async Task UnknownAddress_BelowThePrefix_IsVigils_UnlessTheAppHasIt()
    {
        await using var host = await ShopApp.StartAsync(cluster, routes =>
        {
            routes.MapVigil("/vigil");
            routes.MapVigil("again");
            routes.MapGet("/vigil/page", () => "own");
        });

        foreach (var path in new[] { "/vigil", "/vigil/", "/vigil/nowhere", "/vigil/v1", "/vigil/healthz", "/again/nowhere", "/vigil/page.html" })
        {
            using var response = await SendAsync(host, "GET", path);
            Assert.Equal((path, HttpStatusCode.NotFound, "not_found"), (path, response.StatusCode, await CodeAsync(response)));
        }

        Assert.Equal("own", await (await SendAsync(host, "GET", "/vigil/page")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task CorsPolicy_OfVigilsRoutes_LetsItsOriginsRead_AndWrite()
    {
        await using var host = await ShopApp.StartAsync(cluster, routes => routes.MapVigil("/vigil").RequireCors(ShopApp.Friends));
        var key = VigilApp.NewKey();

        foreach (var (method, path) in new[] { ("POST", "/vigil/v1/executions"), ("GET", "/vigil/v1/executions"), ("GET", $"/vigil/v1/executions/{key}") })
        {
            using var preflight = await SendAsync(host, "OPTIONS", path, null, Friend, ("Access-Control-Request-Method", method));
            Assert.Equal((method, path, HttpStatusCode.NoContent, true), (method, path, preflight.StatusCode, IsShared(preflight)));
        }

        using var start = await SendAsync(host, "POST", "/vigil/v1/executions", Start(key), Friend, ("Sec-Fetch-Site", "cross-site"));
        using var read = await SendAsync(host, "GET", $"/vigil/v1/executions/{key}", null, Friend);
        using var error = await SendAsync(host, "GET", "/vigil/v1/executions?status=x", null, Friend);
        using var foreign = await SendAsync(host, "POST", $"/vigil/v1/executions/{key}/abandon", "{}", Stranger);

        Assert.Equal((HttpStatusCode.Created, true), (start.StatusCode, IsShared(start)));
        Assert.Equal((HttpStatusCode.OK, true), (read.StatusCode, IsShared(read)));
        Assert.Equal((HttpStatusCode.BadRequest, true), (error.StatusCode, IsShared(error)));
        Assert.Equal((HttpStatusCode.Forbidden, false), (foreign.StatusCode, IsShared(foreign)));

        static bool IsShared(HttpResponseMessage response) => response.Headers.Contains("Access-Control-Allow-Origin");
    }

    [Fact]
    public async Task RateLimit_OfVigilsRoutes_LimitsTheseAlone()
    {
        await using var host = await ShopApp.StartAsync(cluster, routes => routes.MapGroup("/ops").MapVigil("/vigil").RequireRateLimiting(ShopApp.Few));
        var limited = (ShopApp.LimitedHeader, "yes");

        using var first = await SendAsync(host, "GET", "/ops/vigil/v1/connections", null, limited);
        using var second = await SendAsync(host, "GET", "/ops/vigil/v1/connections", null, limited);
        using var own = await SendAsync(host, "GET", "/orders/1", null, limited);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, own.StatusCode));
    }

    [Fact]
    public async Task Fault_WhileAResponseStreams_BreaksItOff_AndAnyOtherIsAProblem()
    {
        await using var host = await ShopApp.StartAsync(cluster, routes =>
        {
            var group = routes.MapVigilGroup("/own");
            group.MapGet("/stream", () => TypedResults.ServerSentEvents(FailingAsync(afterOne: true)));
            group.MapGet("/late", () => TypedResults.ServerSentEvents(FailingAsync(afterOne: false)));
            group.MapGet("/bound", (int number) => number);
            group.MapPost("/body", (Dictionary<string, int> body) => body.Count);
            group.MapUnmatched("");
        });

        using var stream = await SendAsync(host, "GET", "/own/stream");
        using var late = await SendAsync(host, "GET", "/own/late");
        using var bound = await SendAsync(host, "GET", "/own/bound?number=x");
        using var body = await SendAsync(host, "POST", "/own/body", "no JSON");
        using var type = await SendAsync(host, "POST", "/own/body", "{}", ("Content-Type", "text/plain"));

        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => stream.Content.ReadAsStringAsync());
        Assert.Equal((HttpStatusCode.InternalServerError, "internal_error"), (late.StatusCode, await CodeAsync(late)));
        Assert.Equal((HttpStatusCode.BadRequest, "bad_request"), (bound.StatusCode, await CodeAsync(bound)));
        Assert.Equal((HttpStatusCode.BadRequest, "bad_request"), (body.StatusCode, await CodeAsync(body)));
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"), (type.StatusCode, await CodeAsync(type)));
    }

    [Fact]
    public async Task Health_AsTheAppAsksForIt_IsACheckAndTwoAddresses()
    {
        await using var host = await ShopApp.StartAsync(cluster, routes => routes.MapGroup("/ops").MapVigilHealth());

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains("ready"));
        using var alive = await SendAsync(host, "GET", "/ops/healthz");
        using var ready = await SendAsync(host, "HEAD", "/ops/readyz");

        Assert.Equal(("vigil", HealthStatus.Healthy), (Assert.Single(report.Entries).Key, report.Status));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (alive.StatusCode, ready.StatusCode));
    }

    [Fact]
    public async Task Health_OfAnAppThatStops_SaysWhatIsMissing()
    {
        await using var host = await ShopApp.StartAsync(cluster, _ => { });
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "vigil");

        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains("draining", Assert.IsType<string[]>(report.Entries["vigil"].Data["missing"]));
    }

    [Fact]
    public void MapVigil_WithoutItsServices_SaysWhatToCall()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        Assert.Contains("AddVigilGateway", Assert.Throws<InvalidOperationException>(() => app.MapVigil()).Message, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<string> FailingAsync(bool afterOne)
    {
        if (afterOne)
        {
            yield return "one";
            await Task.Yield();
        }

        throw new InvalidOperationException("The stream is broken.");
    }

    // The prefix is that of a group and one of Vigil in it.
    private Task<ShopApp> StartAsync(string prefix) => ShopApp.StartAsync(
        cluster,
        routes => (prefix.Length == 0 ? routes.MapVigil() : routes.MapGroup("/ops").MapVigil("/vigil")).RequireAuthorization(ShopApp.Operators));

    private static string Start(string key) => $$"""{"connection":"gloriamundo","target":{"kind":"workflow","id":"quick"},"key":"{{key}}"}""";

    private static async Task<HttpResponseMessage> SendAsync(ShopApp host, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), host.Address + path);
        if (body is not null)
        {
            request.Content = new StringContent(body, new MediaTypeHeaderValue(headers.LastOrDefault(header => header.Name == "Content-Type").Value ?? "application/json"));
        }

        foreach (var (name, value) in headers.Where(header => header.Name != "Content-Type"))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    // Everything that a caller sees, without what differs from one server or moment to the next.
    private static async Task<string> AnswerAsync(ShopApp host, string method, string path, string? body, (string, string)[] headers)
    {
        using var response = await SendAsync(host, method, path, body, headers);
        var seen = response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date").Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        var text = await response.Content.ReadAsStringAsync();
        return $"{method} {path}: {(int)response.StatusCode}\n{string.Join('\n', seen.Order(StringComparer.Ordinal))}\n\n{text.Replace(host.Address, "", StringComparison.Ordinal)}";
    }

    private static async Task<JsonNode> JsonAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    private static async Task<string?> CodeAsync(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? (string?)(await JsonAsync(response))["code"] : null;
}
