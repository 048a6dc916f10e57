using System.Net;

namespace Vigil.Tests.Platforms.Support;

/// <summary>The far end of an adapter's HTTP client: answers as told and keeps what was asked.</summary>
internal sealed class StubPlatform(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public StubPlatform(Func<HttpRequestMessage, HttpResponseMessage> answer)
        : this((request, _) => Task.FromResult(answer(request)))
    {
    }

    /// <summary>The body of a refusal in the form of every platform that speaks REST.</summary>
    public const string Refusal = """{"error":{"message":"Refused."}}""";

    public List<Asked> Requests { get; } = [];

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Body(HttpStatusCode status, string body, string type) => new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (Requests)
        {
            Requests.Add(new Asked(request.Method.Method, request.RequestUri!.AbsoluteUri, body, request.Headers.ToString()));
        }

        return await answer(request, cancellationToken);
    }

    internal sealed record Asked(string Method, string Address, string? Body, string Headers);
}
