namespace Vigil.Grains.Polling.OneOffs;

/// <summary>Queues a connection's one-off requests and runs each when the send loop dispatches it. Guarded by the connection's lock.</summary>
internal sealed class OneOffQueue(ConnectionScope scope, GrainCalls calls)
{
    private static readonly OneOffKind[] Kinds = Enum.GetValues<OneOffKind>();

    private static readonly TimeSpan FaultDelay = TimeSpan.FromSeconds(10);

    private readonly Dictionary<OneOffKey, OneOffRequest> _oneOffs = [];

    public bool Knows(string executionId) => Array.Exists(Kinds, kind => _oneOffs.ContainsKey(new(executionId, kind)));

    /// <summary>Returns the request with a key, queued or in flight; null if there is none.</summary>
    public OneOffRequest? Find(OneOffKey key) => _oneOffs.GetValueOrDefault(key);

    /// <summary>Queues a request. If one with the same key is already queued it stays, but is moved forward if the new one is due sooner.</summary>
    public void Add(OneOffRequest oneOff, TimeSpan due)
    {
        if (_oneOffs.TryAdd(oneOff.Key, oneOff))
        {
            scope.Schedule.Set(oneOff, due, Lane.OneOff);
        }
        else if (_oneOffs[oneOff.Key] is { IsWaiting: true } waiting && due < waiting.Due && waiting.Failures == 0)
        {
            scope.Schedule.Set(waiting, due, Lane.OneOff);
        }
    }

    public void Forget(string executionId)
    {
        foreach (var kind in Kinds)
        {
            if (_oneOffs.Remove(new(executionId, kind), out var oneOff))
            {
                scope.Schedule.Remove(oneOff);
            }
        }
    }

    public async Task RunAsync(OneOffRequest oneOff)
    {
        var outcome = await AttemptAsync(oneOff);
        LifecycleInput.Report? report;
        lock (scope.Lock)
        {
            report = Settle(oneOff, outcome);
        }

        scope.Signal.Set();
        if (report is not null)
        {
            await calls.ReportAsync(oneOff.Key.ExecutionId, report, static () => true);
        }
    }

    private async Task<OneOffOutcome> AttemptAsync(OneOffRequest oneOff)
    {
        try
        {
            return await oneOff.AttemptAsync();
        }
        catch (Exception e) when (!scope.Draining.IsCancellationRequested)
        {
            scope.Services.Instruments.Faulted(scope.Name);
            scope.Services.Log.WorkFaulted(e, scope.Name);
            return new OneOffOutcome.Again(FaultDelay);
        }
    }

    private LifecycleInput.Report? Settle(OneOffRequest oneOff, OneOffOutcome outcome)
    {
        var isCurrent = _oneOffs.TryGetValue(oneOff.Key, out var current) && ReferenceEquals(current, oneOff);
        if (outcome is OneOffOutcome.Again again)
        {
            if (isCurrent)
            {
                scope.Schedule.Set(oneOff, scope.Clock.Now + again.After, Lane.OneOff);
            }

            return isCurrent ? again.Report : null;
        }

        // Removed before the grain gets the report, so that a request that the grain makes in response is a new one.
        if (isCurrent)
        {
            _oneOffs.Remove(oneOff.Key);
        }

        return outcome is OneOffOutcome.Done done && (isCurrent || done.EvenIfForgotten) ? done.Report : null;
    }
}
