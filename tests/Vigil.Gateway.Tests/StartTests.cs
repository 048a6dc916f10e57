using System.Net;

namespace Vigil.Gateway.Tests;

[Collection(VigilAppCollection.Name)]
public sealed class StartTests(VigilApp app)
{
    [Fact]
    public async Task Post_ValidRequest_IsCreatedUnderItsKey()
    {
        var key = VigilApp.NewKey();

        using var response = await app.Http.PostAsync(new Uri("/v1/executions", UriKind.Relative), new StringContent(Request(key), Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/v1/executions/{key}", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Post_SameRequestAgain_ReturnsTheSameExecution()
    {
        var key = VigilApp.NewKey();
        await app.PostAsync("/v1/executions", Request(key));

        // Other white space and another order of members: the same request all the same.
        var (status, body) = await app.PostAsync("/v1/executions", $$"""
            { "key" : "{{key}}", "target": {"id":"ok-5s", "kind":"workflow"}, "connection":"gloriamundo", "input": {"b": [1, 2], "a": 1} }
            """);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(key, (string?)body["id"]);
    }

    [Fact]
    public async Task Post_KeyUsedForAnotherRequest_Conflicts()
    {
        var key = VigilApp.NewKey();
        await app.PostAsync("/v1/executions", Request(key));

        var (status, body) = await app.PostAsync("/v1/executions", Request(key, workflow: "fail-5s"));

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("key_reused", (string?)body["code"]);
        Assert.Equal(key, (string?)body["execution_id"]);
    }

    [Fact]
    public async Task Post_KeyInHeader_CountsAsKey()
    {
        var key = VigilApp.NewKey();

        var (status, body) = await app.PostAsync(
            "/v1/executions", """{"connection":"gloriamundo","target":{"kind":"workflow","id":"ok-5s"}}""", ("Idempotency-Key", key));

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(key, (string?)body["id"]);
    }

    [Fact]
    public async Task Post_KeyInHeaderAndBodyDiffer_IsRefused()
    {
        var (status, body) = await app.PostAsync("/v1/executions", Request(VigilApp.NewKey()), ("Idempotency-Key", VigilApp.NewKey()));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["key"], VigilApp.FieldsOf(body));
    }

    [Fact]
    public async Task Post_UnknownConnection_IsNotFound()
    {
        var (status, body) = await app.PostAsync("/v1/executions", """{"connection":"nowhere","target":{"kind":"workflow","id":"x"}}""");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("connection_not_found", (string?)body["code"]);
        Assert.Equal(["connection"], VigilApp.FieldsOf(body));
    }

    [Theory]
    [InlineData("", "connection target")]
    [InlineData("{}", "connection target")]
    [InlineData("[]", "body")]
    [InlineData("{", "body")]
    [InlineData("null", "connection target")]
    [InlineData("""{"connection":7,"target":"x"}""", "connection target")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"flow","id":"x"}}""", "target.kind")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow"}}""", "target.id")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x","name":"y"}}""", "target.name")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"input":[1]}""", "input")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"input":"text"}""", "input")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"metadata":{"a":1}}""", "metadata.a")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"deadline_seconds":0}""", "deadline_seconds")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"deadline_seconds":1e99}""", "deadline_seconds")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"key":"a b"}""", "key")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"key":"."}""", "key")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"key":".."}""", "key")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"key":""}""", "key")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"cancel_on_abandon":"yes"}""", "cancel_on_abandon")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"colour":1,"size":2}""", "colour size")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"metadata":{"a":"\ud800"}}""", "metadata")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"input":{"\uDC00":1}}""", "body")]
    [InlineData("""{"\ud800":1}""", "body")]
    [InlineData("""{"connection":"gloriamundo","target":{"kind":"nope","id":""},"input":3,"deadline_seconds":-1,"x":0}""", "deadline_seconds input target.id target.kind x")]
    public async Task Post_BadBody_NamesEveryWrongField(string json, string fields)
    {
        var (status, body) = await app.PostAsync("/v1/executions", json);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("invalid_request", (string?)body["code"]);
        Assert.Equal(fields.Split(' '), VigilApp.FieldsOf(body));
    }

    [Theory]
    [InlineData("/v1/executions", """{"connection":"*","target":{"kind":"*","id":"*","version":"*"},"key":"*","input":{"a":["*"],"b":{"*":0}},"metadata":{"a":"*","*":""},"cancel_on_abandon":"*","deadline_seconds":"*","*":1}""")]
    [InlineData("/v1/executions/adopt", """{"connection":"*","remote_id":"*","target":{"kind":"*","id":"*","version":"*"},"key":"*","metadata":{"a":"*","*":""},"*":1}""")]
    [InlineData("/v1/executions/unknown/cancel", """{"reason":"*","*":1}""")]
    [InlineData("/v1/executions/unknown/abandon", """{"reason":"*","*":1}""")]
    public async Task Post_HalfASurrogatePairInAnyString_IsRefused(string path, string template)
    {
        var parts = template.Split('*');
        foreach (var half in new[] { "\\ud800", "a\\uDFFF", "\\ud800\\ud800b", "\\udc00\\ud800" })
        {
            for (var place = 1; place < parts.Length; place++)
            {
                var json = string.Join("x", parts[..place]) + half + string.Join("x", parts[place..]);

                var (status, body) = await app.PostAsync(path, json);

                Assert.Equal((json, HttpStatusCode.BadRequest, "invalid_request"), (json, status, (string?)body["code"]));
            }
        }
    }

    [Theory]
    [InlineData("""{"a":1,}""", "is not valid JSON at line 1, byte 8.")]
    [InlineData("{\n//\n}", "is not valid JSON at line 2, byte 1.")]
    [InlineData("""{"a":{"b":1,"b":2}}""", "has an object with the same name twice.")]
    public async Task Post_BodyThatIsNotJson_IsToldWhereInPlainWords(string json, string expected)
    {
        var (_, body) = await app.PostAsync("/v1/executions", json);

        Assert.Equal(expected, (string?)body["errors"]![0]!["message"]);
    }

    [Fact]
    public async Task Post_ThousandsOfUnknownFields_NamesTheFirstHundred()
    {
        var (_, body) = await app.PostAsync("/v1/executions", $"{{{string.Join(',', Enumerable.Range(0, 5000).Select(n => $"\"f{n}\":0"))}}}");

        Assert.Equal(100, VigilApp.FieldsOf(body).Length);
    }

    [Fact]
    public async Task Post_KeyTooLong_NamesTheLimit()
    {
        var (status, body) = await app.PostAsync("/v1/executions", Request(new string('k', 201)));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("200", (string?)body["errors"]![0]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_BodyOverOneMebibyte_IsRefusedWithTheLimit()
    {
        var (status, body) = await app.PostAsync(
            "/v1/executions",
            $$$"""{"connection":"gloriamundo","target":{"kind":"workflow","id":"x"},"input":{"text":"{{{new string('x', 1024 * 1024)}}}"}}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal("body_too_large", (string?)body["code"]);
        Assert.Contains("1048576", (string?)body["detail"], StringComparison.Ordinal);
    }

    private static string Request(string key, string workflow = "ok-5s") => $$"""
        {"connection":"gloriamundo","target":{"kind":"workflow","id":"{{workflow}}"},"input":{"a":1,"b":[1,2]},"key":"{{key}}"}
        """;
}
