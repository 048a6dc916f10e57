using System.Net;
using Vigil.Client;

namespace Vigil.Gateway.Tests.Client;

/// <summary>How the client over HTTP goes on when a connection fails.</summary>
public sealed class EventConnectionTests
{
    private readonly Queue<Func<HttpResponseMessage>> _answers = [];
    private readonly List<string?> _lastIds = [];

    [Fact]
    public async Task ConnectionThatBreaks_IsMadeAgainAfterTheLastId_UntilTheServerSaysThatNothingComes()
    {
        _answers.Enqueue(() => Events("event: heartbeat\nid: 3\ndata:\n\nevent: one\nid: 5\ndata: x\n\n", breaks: true));
        _answers.Enqueue(() => throw new VigilUnavailableException("No gateway answered."));
        _answers.Enqueue(() => throw new TaskCanceledException("The attempt took too long."));
        _answers.Enqueue(() => Events("event: two\nid: 6\ndata: y\n\nevent: three", breaks: false));
        _answers.Enqueue(() => new(HttpStatusCode.NoContent));
        await using var connection = new EventConnection("v1/events", SendAsync);

        List<string> types = [];
        while (await connection.NextAsync(CancellationToken.None) is { } item)
        {
            types.Add(item.EventType);
        }

        Assert.Equal(["heartbeat", "one", "two"], types);
        Assert.Equal([null, "5", "5", "5", "6"], _lastIds);
    }

    [Fact]
    public async Task ServerThatSaysTheEnd_IsNotAskedAgain()
    {
        _answers.Enqueue(() => Events("event: end\nid: 6\ndata:\n\n", breaks: false));
        await using var connection = new EventConnection("v1/events", SendAsync);

        Assert.Null(await connection.NextAsync(CancellationToken.None));
        Assert.Empty(_answers);
    }

    [Fact]
    public async Task Refusal_IsThrown()
    {
        _answers.Enqueue(() => throw new ExecutionNotFoundException("e"));
        await using var connection = new EventConnection("v1/executions/e/events", SendAsync);

        await Assert.ThrowsAsync<ExecutionNotFoundException>(() => connection.NextAsync(CancellationToken.None));
    }

    [Fact]
    public async Task PageOfAProxy_IsRefused()
    {
        _answers.Enqueue(() => new() { Content = new StringContent("Log in", Encoding.UTF8, "text/html") });
        await using var connection = new EventConnection("v1/events", SendAsync);

        Assert.Equal("not_vigil", (await Assert.ThrowsAsync<RequestRefusedException>(() => connection.NextAsync(CancellationToken.None))).Code);
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _lastIds.Add(request.Headers.TryGetValues("Last-Event-ID", out var ids) ? ids.Single() : null);
        return Task.FromResult(_answers.Dequeue()());
    }

    private static HttpResponseMessage Events(string text, bool breaks) => new()
    {
        Content = new StreamContent(new BreakingStream(Encoding.UTF8.GetBytes(text), breaks)) { Headers = { ContentType = new("text/event-stream") } },
    };

    private sealed class BreakingStream(byte[] content, bool breaks) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            breaks && Position == Length ? throw new IOException("The connection was reset.") : base.ReadAsync(buffer, cancellationToken);
    }
}
