using System.Collections.Concurrent;

namespace Vigil.Kill;

/// <summary>Callers that start, await, cancel, abandon and retry executions.</summary>
internal sealed class Workload(Caller caller, Platforms platforms, Random random, TimeProvider time)
{
    private const int Callers = 8;
    private readonly Lock _sync = new();
    private readonly List<Order> _orders = [];
    private readonly ConcurrentBag<Task> _waiting = [];

    public IReadOnlyList<Order> Orders
    {
        get
        {
            lock (_sync)
            {
                return [.. _orders];
            }
        }
    }

    /// <summary>Makes new orders until <paramref name="stop"/>, and then waits until the pending requests are answered.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => CallAsync(stop, giveUp)));
        await Task.WhenAll(_waiting);
    }

    private async Task CallAsync(CancellationToken stop, CancellationToken giveUp)
    {
        while (!stop.IsCancellationRequested)
        {
            Order order;
            TimeSpan thinkTime;
            lock (_sync)
            {
                order = Order.Make(random, _orders.Count);
                _orders.Add(order);
                thinkTime = TimeSpan.FromMilliseconds(random.Next(50, 3000));
            }

            platforms.Prepare(order);
            await caller.StartAsync(order, giveUp);
            if (order is { Accepted: true, IsAwaited: true })
            {
                _waiting.Add(caller.AwaitAsync(order, giveUp));
            }

            await Task.Delay(thinkTime, time, giveUp);
            if (order is { Accepted: true, FollowUp: not FollowUp.None })
            {
                await caller.FollowUpAsync(order, giveUp);
            }
        }
    }
}
