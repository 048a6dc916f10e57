using Vigil.Grains.Polling.Timing;

namespace Vigil.Grains.Polling.Errands;

/// <summary>Holds the errands of a connection and runs each when the loop gives it leave. The gate of the connection guards what it holds.</summary>
internal sealed class ErrandDesk(ConnectionScope scope, GrainCalls calls)
{
    private static readonly ErrandKind[] Kinds = Enum.GetValues<ErrandKind>();

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(10);

    private readonly Dictionary<ErrandKey, Errand> _errands = [];

    public bool Knows(string executionId) => Array.Exists(Kinds, kind => _errands.ContainsKey(new(executionId, kind)));

    /// <summary>Takes an errand. One of the same kind that waits already stays as it is, but is moved forward where the new one is due sooner.</summary>
    public void Add(Errand errand, TimeSpan due)
    {
        if (_errands.TryAdd(errand.Key, errand))
        {
            scope.Schedule.Set(errand, due, Lane.Errand);
        }
        else if (_errands[errand.Key] is { IsWaiting: true } waiting && due < waiting.Due && waiting.Failures == 0)
        {
            scope.Schedule.Set(waiting, due, Lane.Errand);
        }
    }

    public void Forget(string executionId)
    {
        foreach (var kind in Kinds)
        {
            if (_errands.Remove(new(executionId, kind), out var errand))
            {
                scope.Schedule.Remove(errand);
            }
        }
    }

    public async Task RunAsync(Errand errand)
    {
        var outcome = await AttemptAsync(errand);
        Func<IWatchedExecution, Task>? tell;
        lock (scope.Gate)
        {
            tell = Settle(errand, outcome);
        }

        scope.Alarm.Ring();
        if (tell is not null)
        {
            await calls.TellAsync(errand.Key.ExecutionId, tell, static () => true);
        }
    }

    private async Task<ErrandOutcome> AttemptAsync(Errand errand)
    {
        try
        {
            return await errand.AttemptAsync();
        }
        catch (Exception e) when (!scope.Draining.IsCancellationRequested)
        {
            scope.Services.Instruments.Faulted(scope.Name);
            scope.Services.Log.WorkFaulted(e, scope.Name);
            return new ErrandOutcome.Again(PauseAfterFault);
        }
    }

    private Func<IWatchedExecution, Task>? Settle(Errand errand, ErrandOutcome outcome)
    {
        var held = _errands.TryGetValue(errand.Key, out var current) && ReferenceEquals(current, errand);
        if (outcome is ErrandOutcome.Again again)
        {
            if (held)
            {
                scope.Schedule.Set(errand, scope.Clock.Now + again.After, Lane.Errand);
            }

            return held ? again.Tell : null;
        }

        // It is gone before the grain hears of it: what the grain then asks for is a new errand.
        if (held)
        {
            _errands.Remove(errand.Key);
        }

        return outcome is ErrandOutcome.Done done && (held || done.EvenIfForgotten) ? done.Tell : null;
    }
}
