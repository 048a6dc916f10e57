using System.IO.Compression;
using System.Net;
using Vigil.Tests.Platforms.Support;

namespace Vigil.Tests.Platforms.Cognite;

/// <summary>A far end that hands out numbered nonces and inflates what it is sent.</summary>
internal sealed class FarCognite
{
    private readonly string _answer;
    private readonly HttpStatusCode _status;
    private int _nonces;

    public FarCognite(string answer, HttpStatusCode status = HttpStatusCode.Accepted)
    {
        _answer = answer;
        _status = status;
        Handler = new StubPlatform((request, cancellation) => AnswerAsync(request, cancellation));
    }

    public StubPlatform Handler { get; }

    public List<(string Address, string Body, string Encoding, string Headers)> Asked { get; } = [];

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await using var inflated = new GZipStream(await request.Content!.ReadAsStreamAsync(cancellationToken), CompressionMode.Decompress);
        using var reader = new StreamReader(inflated, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(cancellationToken);
        Asked.Add((request.RequestUri!.AbsoluteUri, body, request.Content.Headers.ContentEncoding.ToString()!, request.Headers.ToString()));
        return request.RequestUri.AbsolutePath.EndsWith("/sessions", StringComparison.Ordinal)
            ? StubPlatform.Json($$"""{ "items": [ { "id": 1, "type": "TOKEN_EXCHANGE", "status": "READY", "nonce": "nonce-{{++_nonces}}" } ] }""")
            : StubPlatform.Json(_answer, _status);
    }
}
