namespace Vigil.Grains.Polling;

/// <summary>
/// What the parts of one connection's poller share. <see cref="Lock"/> guards the state of all of them; it is never held during a request or a grain call.
/// </summary>
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

    public AsyncSignal Signal { get; }

    /// <summary>Gets how many runs of this silo may be running at a time; null for no limit.</summary>
    public int? MaxRunning => Connection.Options.MaxRunning is { } max ? Services.Share.Of(max) : null;

    public RequestRate Polls { get; }

    public RequestRate Starts { get; }

    public Schedule Schedule { get; } = new();

    public TrackedRuns Runs { get; } = new();

    public PlatformError? LastError { get; set; }

    /// <summary>Gets the token that ends polls and claims when the silo is about to stop.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Gets the token that ends everything, including starts in flight.</summary>
    public CancellationToken Stopped => _stopped.Token;

    public string Name => Connection.Name;

    /// <summary>Runs work on the poller's own scheduler, never on that of the calling grain.</summary>
    public void Run(Func<Task> work)
    {
        // The execution context of a grain's turn must not flow into work that outlives it.
        using var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
        _ = Task.Factory.StartNew(() => GuardAsync(work), CancellationToken.None, TaskCreationOptions.DenyChildAttach, Services.Scheduler);
    }

    public void Drain() => _draining.Cancel();

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
            // Another silo resumes what the stop interrupts.
        }
        catch (Exception e)
        {
            Services.Instruments.Faulted(Name);
            Services.Log.WorkFaulted(e, Name);
        }
    }
}
