namespace Vigil.Silo.Tests.Http;

/// <summary>A request for the API with a few things in it that nobody should send. The same source makes the same request.</summary>
internal sealed class SpoiltRequest(Random random, string address)
{
    private static readonly string[] Methods = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"];

    private static readonly string[] Routes =
    [
        "POST /v1/executions", "POST /v1/executions", "POST /v1/executions", "POST /v1/executions", "POST /v1/executions/adopt", "GET /v1/executions", "GET /v1/executions/{}", "GET /v1/executions/{}",
        "GET /v1/executions/{}/steps", "GET /v1/executions/{}/files", "GET /v1/executions/{}/files/{}", "POST /v1/executions/{}/cancel", "POST /v1/executions/{}/abandon",
        "POST /v1/executions/{}/retry", "POST /v1/executions/{}/nudge", "POST /v1/nudges/{}/{}", "GET /v1/connections", "POST /v1/connections/{}/pause", "POST /v1/connections/{}/resume",
        "GET /healthz", "GET /readyz", "GET /openapi/v1.json", "GET /{}", "GET //", "GET /v1/{}/{}",
    ];

    private static readonly string[] Names =
        ["fuzz-1", "fuzz-2", "fuzz-3", "agentic", "gloriamundo", "manifest", "adopt", "x", ".", "%2e%2e", "%00", "%ff%fe", "%ed%a0%80", "a%2Fb", "%25", "%C3%A9", "%F0%9F%98%80", "%0d%0a", "'--", new('k', 201)];

    private static readonly string[] Parameters = ["wait", "since_version", "status", "connection", "page_size", "cursor", "colour", "", "WAIT", "%00"];

    // No wait in it is long and valid, or the requests would take as long.
    private static readonly string[] Values =
    [
        "", "0", "1", "-1", "20ms", "0.05s", "NaN", "Infinity", "-Infinity", "99999999999999999999s", "1e400", "9223372036854775807", "9223372036854775808", "-0", "0x10", "61s", "%E2%88%9E",
        "running", "succeeded", "RUNNING", "agentic", "%00", "%ff", "%ed%a0%80", "%0a", "null", "AAAA", new('A', 34), new('A', 35), "0000000000000000-0", "-1", "+", "%", new('9', 400), new('x', 9000),
    ];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept", ["text/event-stream", "text/html", "application/xml", "*/*;q=0", "nonsense", "application/json", ""]),
        ("Idempotency-Key", ["fuzz-1", "", "..", "a b", "a,b", "é", new('k', 300)]),
        ("Range", ["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=99999999999999999999-", "lines=1-2", "x"]),
        ("Origin", ["null", "http://evil.example", "x", ""]),
        ("Sec-Fetch-Site", ["cross-site", "none", "same-origin", "x"]),
        ("Host", ["evil.example", "localhost", "[::1]", "127.0.0.1:1"]),
        ("X-Large", [new('x', 1000), new('x', 40_000)]),
        ("Cookie", ["a=b; c", "é"]),
        ("If-None-Match", ["*", "x"]),
        ("Expect", ["100-continue"]),
    ];

    private static readonly string[] ContentTypes =
        ["application/json", "application/json", "application/json", "application/json; charset=utf-8", "application/json; charset=utf-16", "application/vnd.x+json", "text/plain", "multipart/form-data", "x"];

    private static readonly string[] Bodies =
    [
        """{"connection":"gloriamundo","target":{"kind":"workflow","id":"ok-5s"},"key":"fuzz-1","input":{"a":[1,"b"]},"metadata":{"a":"b"},"deadline_seconds":60,"cancel_on_abandon":true}""",
        """{"connection":"agentic","target":{"kind":"flow","id":"files-5s"},"key":"fuzz-2","input":{"a":null}}""",
        """{"connection":"manifest","target":{"kind":"workflow","id":"slow-10m"},"key":"fuzz-3","metadata":{}}""",
        """{"connection":"cognite","target":{"kind":"workflow","id":"ok-5s","version":"1"},"deadline_seconds":1.5}""",
        """{"connection":"gloriamundo","remote_id":"unknown","target":{"kind":"workflow","id":"ok-5s"},"metadata":{"a":"b"}}""",
        """{"reason":"not needed"}""", "{}", "",
    ];

    private static readonly string[] Parts =
    [
        "null", "true", "0", "-1", "1e999", "1e-999", "123456789012345678901234567890", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"\\u202e\"", "\"😀\"", "[]", "{}", "[[]]",
        "{\"a\":{\"a\":1,\"a\":2}}", "\"" + new string('y', 3000) + "\"", new string('[', 100) + new string(']', 100), "NaN", "'x'", "//", ",", "\u0001", "{\"\\ud800\":1}", "{\"\\u0000\":\"\\u0000\"}",
    ];

    private string _target = "";
    private string _body = "";

    public HttpRequestMessage Message()
    {
        var route = Of(Routes).Split(' ');
        _target = string.Concat(route[1].Split("{}").Select((part, i) => i == 0 ? part : Of(Names) + part)) + Query();
        var request = new HttpRequestMessage(
            HttpMethod.Parse(random.Next(8) == 0 ? Of(Methods) : route[0]), new Uri(address + _target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (request.Method == HttpMethod.Post || random.Next(10) == 0)
        {
            _body = Body();
            request.Content = new ByteArrayContent(Bytes());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Of(ContentTypes));
            request.Headers.TransferEncodingChunked = random.Next(10) == 0;
        }

        for (var left = random.Next(4) == 0 ? random.Next(1, 4) : 0; left > 0; left--)
        {
            var (name, values) = Of(Headers);
            request.Headers.TryAddWithoutValidation(name, Of(values));
        }

        return request;
    }

    public override string ToString() => $"{_target}\n{_body[..Math.Min(_body.Length, 2000)]}";

    private string Query()
    {
        var count = random.Next(2) == 0 ? 0 : random.Next(1, 4);
        return count == 0 ? "" : "?" + string.Join('&', Enumerable.Range(0, count).Select(_ => $"{Of(Parameters)}={Of(Values)}"));
    }

    // Each part of a valid body, from a colon, comma or bracket to the next, may give way to one that does not belong there.
    private string Body()
    {
        var body = Of(Bodies).Replace("fuzz-1", $"fuzz-{random.Next(1000)}", StringComparison.Ordinal);
        for (var left = random.Next(4); left > 0 && body.Length > 0; left--)
        {
            var start = body.IndexOfAny([':', ',', '{', '['], random.Next(body.Length)) + 1;
            var end = body.IndexOfAny([':', ',', '}', ']'], start);
            body = body[..start] + Of(Parts) + (end < start ? "" : body[end..]);
        }

        return body;
    }

    private byte[] Bytes()
    {
        var bytes = Encoding.UTF8.GetBytes(_body);
        if (bytes.Length > 0 && random.Next(10) == 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private T Of<T>(T[] choices) => choices[random.Next(choices.Length)];
}
