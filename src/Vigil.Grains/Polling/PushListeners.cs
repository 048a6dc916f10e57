namespace Vigil.Grains.Polling;

/// <summary>
/// Listens to what a platform pushes about each run. A hint is never a fact: it only makes the run due, so a push that is lost or broken costs time
/// and nothing else.
/// </summary>
internal sealed class PushListeners(ConnectionScope scope) : IDisposable
{
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    private readonly Dictionary<TrackedRun, CancellationTokenSource> _listening = [];

    /// <summary>Gets or sets what a hint does.</summary>
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
            // A listener may take the lock when it ends, so it must not be ended inside the lock.
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
                        Take(entry, hint);
                    }
                }
                catch (Exception e) when (!cancellationToken.IsCancellationRequested)
                {
                    scope.Services.Log.PushFailed(e, scope.Name, entry.Id);
                }

                failures++;
                await Task.Delay(Failures.Delay(failures, scope.Services.Random), scope.Services.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Nobody watches the run any more.
        }
    }

    private void Take(TrackedRun entry, PushHint hint)
    {
        lock (scope.Lock)
        {
            if (entry.Forgotten)
            {
                return;
            }

            // After a gap the run's own push must prove itself again: the server may have refused to take its subscription back.
            entry.PushedAt = hint.IsMessage ? scope.Clock.Now : TimeSpan.MinValue;
            Hinted(entry);
        }

        scope.Signal.Set();
    }
}
