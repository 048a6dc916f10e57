using System.Threading.Channels;
using Vigil.Platforms.Manifest.Nats;

namespace Vigil.Tests.Platforms.Manifest.Nats;

/// <summary>Collects what a subscription yields.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();
    private readonly Task _run;

    private Listener(Func<CancellationToken, IAsyncEnumerable<string>> subscribe) => _run = Task.Run(() => ListenAsync(subscribe(_stop.Token)));

    public bool HasHeard => _heard.Reader.Count > 0;

    public static Listener Start(NatsSubscriber subscriber, params string[] subjects) => Start(stop => subscriber.SubscribeAsync(subjects, stop));

    public static Listener Start(Func<CancellationToken, IAsyncEnumerable<string>> subscribe) => new(subscribe);

    public async Task<string> NextAsync() => await _heard.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<string?> TryNextAsync(TimeSpan patience)
    {
        using var over = new CancellationTokenSource(patience);
        try
        {
            return await _heard.Reader.ReadAsync(over.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Forgets what has been heard; repeats of the same message may still be on their way.</summary>
    public async Task DrainAsync()
    {
        while (await TryNextAsync(TimeSpan.FromMilliseconds(200)) is not null)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task ListenAsync(IAsyncEnumerable<string> hints)
    {
        try
        {
            await foreach (var hint in hints)
            {
                await _heard.Writer.WriteAsync(hint);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end of every subscription.
        }
    }
}
