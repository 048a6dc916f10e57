using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Vigil.Gateway.Tests.Http;

/// <summary>What holds for every route, as the API itself lists them.</summary>
[Collection(VigilAppCollection.Name)]
public sealed class RoutesTests(VigilApp app)
{
    [Fact]
    public async Task Head_OfEveryRouteThatIsRead_AnswersLikeGet()
    {
        foreach (var (_, path) in (await RoutesAsync()).Where(route => route.Method == HttpMethod.Get).Append((HttpMethod.Get, "/openapi/v1.json")))
        {
            var get = await SendAsync(HttpMethod.Get, path);
            var head = await SendAsync(HttpMethod.Head, path);

            Assert.Equal((path, get.Status), (path, head.Status));
        }
    }

    [Fact]
    public async Task Write_FromAForeignOrigin_IsRefusedByEveryRoute()
    {
        (string, string)[] foreign = [("Origin", "http://evil.example"), ("Origin", "null"), ("Origin", "http://127.0.0.1:1"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")];
        foreach (var (method, path) in await WritesAsync())
        {
            foreach (var (name, value) in foreign)
            {
                var (status, code) = await SendAsync(method, path, header: (name, value), contentType: "application/json");

                Assert.Equal((path, HttpStatusCode.Forbidden, "foreign_origin"), (path, status, code));
            }
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData(null)]
    public async Task Write_WithABodyThatIsNotJson_IsRefusedByEveryRouteThatReadsOne(string? contentType)
    {
        foreach (var (method, path) in await WritesAsync())
        {
            var (status, code) = await SendAsync(method, path, contentType: contentType, body: "{}");

            // A platform's hint may have any body, because none of it is read.
            var expected = path.StartsWith("/v1/nudges/", StringComparison.Ordinal) ? (HttpStatusCode.Accepted, null) : (HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
            Assert.Equal((path, expected), (path, (status, code)));
        }
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:5080")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("0.0.0.0")]
    [InlineData("8.8.8.8")]
    public async Task Host_ThatIsNotOurs_IsRefusedByEveryRoute(string host)
    {
        foreach (var (method, path) in (await RoutesAsync()).Append((HttpMethod.Get, "/openapi/v1.json")).Append((HttpMethod.Get, "/nowhere")))
        {
            var (status, code) = await SendAsync(method, path, header: ("Host", host));

            Assert.Equal((path, HttpStatusCode.BadRequest, "host_not_allowed"), (path, status, code));
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:1234")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:80")]
    public async Task Host_ThatIsLoopback_IsAnswered(string host)
    {
        var (status, _) = await SendAsync(HttpMethod.Get, "/healthz", header: ("Host", host));

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Method_ThatARouteDoesNotHave_IsAProblemWithACode()
    {
        foreach (var (_, path) in await RoutesAsync())
        {
            foreach (var method in new[] { HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Options, HttpMethod.Trace })
            {
                var (status, code) = await SendAsync(method, path);

                Assert.Equal((path, HttpStatusCode.MethodNotAllowed, "method_not_allowed"), (path, status, code));
            }
        }
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("text/html")]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("nonsense")]
    public async Task Error_WhateverIsAccepted_IsAProblem(string accept)
    {
        foreach (var path in new[] { "/v1/executions/unknown", "/v1/executions/unknown/steps", "/v1/executions?status=x", "/nowhere" })
        {
            var (status, code) = await SendAsync(HttpMethod.Get, path, header: ("Accept", accept));

            Assert.InRange((int)status, 400, 404);
            Assert.NotNull(code);
        }
    }

    [Fact]
    public async Task Request_LargerThanTheLimits_IsAProblemWithACode()
    {
        var address = await SendAsync(HttpMethod.Get, $"/v1/executions?connection={new string('x', 9000)}");
        var header = await SendAsync(HttpMethod.Get, "/healthz", header: ("X-Large", new string('x', 60_000)));

        // A caller that sends without asking may find the connection closed while it still sends.
        var body = await SendAsync(HttpMethod.Post, "/v1/executions", header: ("Expect", "100-continue"), contentType: "application/json", body: new string(' ', 40 * 1024 * 1024));

        Assert.Equal((HttpStatusCode.RequestUriTooLong, "uri_too_long"), address);
        Assert.Equal((HttpStatusCode.RequestHeaderFieldsTooLarge, "headers_too_large"), header);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), body);
    }

    private async Task<(HttpMethod Method, string Path)[]> WritesAsync() => [.. (await RoutesAsync()).Where(route => route.Method != HttpMethod.Get)];

    private async Task<(HttpMethod Method, string Path)[]> RoutesAsync()
    {
        var (_, document) = await app.GetAsync("/openapi/v1.json");
        var routes = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject(), (path, method) => (HttpMethod.Parse(method.Key.ToUpperInvariant()), path.Key.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal)))
            .ToArray();
        Assert.DoesNotContain(routes, route => route.Item1 == HttpMethod.Head);
        Assert.InRange(routes.Length, 10, 100);
        return routes;
    }

    private async Task<(HttpStatusCode Status, string? Code)> SendAsync(
        HttpMethod method, string path, (string Name, string Value)? header = null, string? contentType = null, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (contentType is not null || body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body ?? ""));
            request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        if (header is var (name, value))
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var type = response.Content.Headers.ContentType?.MediaType;

        // A stream of events has no end.
        var text = type == "text/event-stream" ? "" : await response.Content.ReadAsStringAsync();
        return (response.StatusCode, type == "application/problem+json" && text.Length > 0 ? (string?)JsonNode.Parse(text)!["code"] : null);
    }
}
