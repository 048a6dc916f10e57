using System.Net;
using System.Net.ServerSentEvents;

namespace Vigil.Client;

/// <summary>
/// Reads server-sent events over as many connections as it takes: after any failure it connects again and continues after the last id. The server sends
/// a heartbeat every few seconds, so a connection that is silent for long is dead.
/// </summary>
/// <param name="path">The address, below the gateway's.</param>
/// <param name="sendAsync">Sends a request and returns its answer once that has begun.</param>
internal sealed class EventConnection(string path, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> sendAsync) : IAsyncDisposable
{
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(45);
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));

    private string? _lastId;
    private int _failures;
    private HttpResponseMessage? _response;
    private IAsyncEnumerator<SseItem<string>>? _items;
    private CancellationTokenSource? _silence;

    /// <summary>Returns the next event, however long that takes; null if the server says that there will be none.</summary>
    public async Task<SseItem<string>?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (_items is null && !await ConnectAsync(cancellationToken))
                {
                    return null;
                }

                _silence!.CancelAfter(MaxSilence);
                if (await _items!.MoveNextAsync())
                {
                    _failures = 0;
                    _lastId = _items.Current.EventId ?? _lastId;
                    return _items.Current.EventType == "end" ? null : _items.Current;
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException or VigilUnavailableException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // An observation outlasts the failure of what it observes.
            }

            await DisposeAsync();
            await Task.Delay(Retries.Delay(++_failures, Random.Shared), TimeProvider.System, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_items is not null)
        {
            await _items.DisposeAsync();
        }

        _response?.Dispose();
        _silence?.Dispose();
        (_items, _response, _silence) = (null, null, null);
    }

    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Accept = { new("text/event-stream") } } };
        if (_lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", _lastId);
        }

        _response = await sendAsync(request, cancellationToken);
        if (_response.StatusCode == HttpStatusCode.NoContent)
        {
            return false;
        }

        if (_response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            throw ProblemReader.NotVigil(_response);
        }

        _silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _items = SseParser.Create(await _response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(_silence.Token).GetAsyncEnumerator(_silence.Token);
        return true;
    }
}
