using System.Threading.Channels;

namespace Vigil.Client;

internal sealed partial class EventFeed
{
    /// <summary>One subscription. It remembers that something happened, not what: the store knows that.</summary>
    public sealed class Subscription(EventFeed feed, string executionId, bool endsOnly) : IDisposable
    {
        private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public string ExecutionId { get; } = executionId;

        public bool EndsOnly { get; } = endsOnly;

        public void Notify() => _changes.Writer.TryWrite(true);

        /// <summary>Completes once something has happened since the last call completed.</summary>
        public async Task WaitAsync(CancellationToken cancellationToken) => await _changes.Reader.ReadAsync(cancellationToken);

        public void Dispose() => feed.Remove(this);
    }
}
