using System.Collections.Concurrent;

namespace Vigil.Cluster.Tests.Grains.Delivery;

/// <summary>Keeps what it is told, and refuses the first tellings as often as its key says.</summary>
[GrainType("test.subscriber")]
internal sealed class SubscriberGrain : Grain, IExecutionSubscriber
{
    private static readonly ConcurrentDictionary<string, ConcurrentQueue<Telling>> All = new(StringComparer.Ordinal);
    private int _refusals;

    /// <summary>Returns what a subscriber was told so far, refused or taken.</summary>
    public static IReadOnlyCollection<Telling> ToldTo(string key) => All.GetOrAdd(key, _ => new());

    public static IExecutionSubscriber Of(IGrainFactory grains, string key) => grains.GetGrain<IExecutionSubscriber>(GrainId.Create("test.subscriber", key));

    public Task OnEventAsync(ExecutionEvent executionEvent)
    {
        var key = this.GetPrimaryKeyString();
        var refused = _refusals < int.Parse(key.Split('.')[1], System.Globalization.CultureInfo.InvariantCulture);
        _refusals++;
        All.GetOrAdd(key, _ => new()).Enqueue(new(executionEvent, !refused));
        return refused ? throw new InvalidOperationException("Not now.") : Task.CompletedTask;
    }
}

internal sealed record Telling(ExecutionEvent Event, bool Taken);
