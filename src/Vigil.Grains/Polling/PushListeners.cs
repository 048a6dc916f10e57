namespace Vigil.Grains.Polling;

/// <summary>
/// Listens to a platform's push messages about each run. A push is only a hint that makes the run due for a poll, so a lost push costs time and nothing
/// else.
/// </summary>
internal sealed class PushListeners(ConnectionScope scope) : IDisposable
{
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    private readonly Dictionary<TrackedRun, CancellationTokenSource> _listening = [];

    /// <summary>Gets or sets the handler of hints, called under the connection's lock.</summary>
    public Action<TrackedRun> Hinted { get; set; } = static _ => { };

    public void Start(TrackedRun entry)
    {
        if (scope.Connection.Capabilities.Push && !scope.Draining.IsCancellationRequested)
        {
            var listening = CancellationTokenSource.CreateLinkedTokenSource(scope.Draining);
            _listening.Add(entry, listening);
            var token = listening.Token;
            scope.Run(() => ListenAsync(entry, token));
        }
    }

    public void Stop(TrackedRun entry)
    {
        if (_listening.Remove(entry, out var listening))
        {
            // Cancellation may run code of the listener that takes the lock, so it must happen outside of it.
            scope.Run(() =>
            {
                listening.Cancel();
                listening.Dispose();
                return Task.CompletedTask;
            });
        }
    }

    public void Dispose()
    {
        foreach (var listening in _listening.Values)
        {
            listening.Dispose();
        }
    }

    private async Task ListenAsync(TrackedRun entry, CancellationToken cancellationToken)
    {
        var failures = 0;
        try
        {
            while (true)
            {
                try
                {
                    await foreach (var hint in scope.Platform.ListenAsync(entry.Remote, cancellationToken))
                    {
                        failures = 0;
                        scope.Services.Log.Pushed(scope.Name, hint.Subject, entry.Id);
                        Apply(entry, hint);
                    }
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    scope.Services.Log.PushFailed(e, scope.Name, entry.Id);
                }

                Forget(entry);
                failures++;
                await Task.Delay(Failures.Delay(failures, scope.Services.Random), scope.Services.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is no longer watched.
        }
    }

    // The next subscription has to prove itself with a message of its own.
    private void Forget(TrackedRun entry)
    {
        lock (scope.Lock)
        {
            entry.PushedAt = TimeSpan.MinValue;
        }
    }

    private void Apply(TrackedRun entry, PushHint hint)
    {
        lock (scope.Lock)
        {
            if (entry.Forgotten)
            {
                return;
            }

            // After a gap, push counts as live only with the next message: the server may have rejected the renewed subscription.
            entry.PushedAt = hint.IsMessage ? scope.Clock.Now : TimeSpan.MinValue;
            Hinted(entry);
        }

        scope.Signal.Set();
    }
}
