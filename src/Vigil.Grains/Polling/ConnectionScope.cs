namespace Vigil.Grains.Polling;

/// <summary>What the parts of one connection's poller share. <see cref="Lock"/> guards the state of all of them; no request and no grain call is made inside it.</summary>
internal sealed class ConnectionScope : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopped = new();

    public ConnectionScope(PlatformConnection connection, PollerServices services)
    {
        Connection = connection;
        Services = services;
        Clock = new(services.Time);
        Signal = new(services.Time);
        Polls = new(connection.Budget.PollsPerMinute, services.Share, Clock.Now);
        Starts = new(connection.Budget.StartsPerMinute, services.Share, Clock.Now);
    }

    public PlatformConnection Connection { get; }

    public IPlatformConnection Platform => Connection.Connection;

    public PollerServices Services { get; }

    public Lock Lock { get; } = new();

    public PollClock Clock { get; }

    /// <summary>Gets what wakes the connection's loop.</summary>
    public AsyncSignal Signal { get; }

    /// <summary>Gets how many runs may be at work at a time that this silo watches; null for any number.</summary>
    public int? MaxRunning => Connection.Options.MaxRunning is { } most ? Services.Share.Of(most) : null;

    public RequestRate Polls { get; }

    public RequestRate Starts { get; }

    public Schedule Schedule { get; } = new();

    public TrackedRuns Runs { get; } = new();

    /// <summary>Gets or sets the last failure of a request, for people.</summary>
    public PlatformError? LastError { get; set; }

    /// <summary>Gets what ends polls: the silo is about to stop.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Gets what ends everything, starts on their way included.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public string Name => Connection.Name;

    /// <summary>Runs work on the poller's own scheduler, never on that of the grain that hands it over.</summary>
    public void Run(Func<Task> work)
    {
        // The context of a grain's turn must not travel with work that outlives it.
        using var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        _ = Task.Factory.StartNew(() => GuardAsync(work), CancellationToken.None, TaskCreationOptions.DenyChildAttach, Services.Scheduler);
    }

    /// <summary>Ends polls and claims.</summary>
    public void Drain() => _draining.Cancel();

    /// <summary>Ends everything.</summary>
    public void Stop() => _stopped.Cancel();

    public void Dispose()
    {
        Signal.Dispose();
        _draining.Dispose();
        _stopped.Dispose();
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (Draining.IsCancellationRequested)
        {
            // What the stop interrupts is taken up by the next silo.
        }
        catch (Exception e)
        {
            Services.Instruments.Faulted(Name);
            Services.Log.WorkFaulted(e, Name);
        }
    }
}
