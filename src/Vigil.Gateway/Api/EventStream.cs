using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace Vigil.Gateway.Api;

/// <summary>Turns pages of stored events into server-sent events. Pages are read as fast as the reader takes them, so a slow one costs no memory.</summary>
/// <param name="after">The sequence number that the reader has seen.</param>
/// <param name="from">The number after which the pages begin, as <see cref="EventPage.Next"/> counts.</param>
/// <param name="positionOf">Returns the sequence number that a page reaches to; null if the page does not say.</param>
/// <param name="time">The clock of the heartbeats.</param>
/// <param name="stopping">Ends the stream, so that this process can stop; its reader connects again.</param>
internal sealed class EventStream(long after, long from, Func<EventPage, long?> positionOf, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(10);

    private long _position = after;

    public async IAsyncEnumerable<SseItem<string>> ItemsAsync(IAsyncEnumerable<EventPage> pages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        yield return Item("heartbeat");
        var reached = from;
        var sentAt = time.GetTimestamp();
        await using var reading = pages.GetAsyncEnumerator(either.Token);
        while (await HasNextAsync(reading))
        {
            var page = reading.Current;
            _position = positionOf(page) ?? _position;
            if (page.IsGap)
            {
                yield return Item("gap", string.Create(CultureInfo.InvariantCulture, $$"""{"after":{{reached}},"next":{{page.Next}}}"""));
            }

            foreach (var stored in page.Events)
            {
                yield return new(JsonSerializer.Serialize(stored.Read(), VigilJson.Default.ExecutionEvent), stored.Type) { EventId = Text(stored.Seq) };
            }

            reached = page.Next;
            if (page.IsEnd)
            {
                yield return Item("end");
            }

            if (!page.Events.IsEmpty || page.IsGap)
            {
                sentAt = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(sentAt) >= HeartbeatInterval)
            {
                yield return Item("heartbeat");
                sentAt = time.GetTimestamp();
            }
        }
    }

    private async Task<bool> HasNextAsync(IAsyncEnumerator<EventPage> reading)
    {
        try
        {
            return await reading.MoveNextAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private SseItem<string> Item(string type, string data = "") => new(data, type) { EventId = Text(_position) };

    private static string Text(long seq) => seq.ToString(CultureInfo.InvariantCulture);
}
