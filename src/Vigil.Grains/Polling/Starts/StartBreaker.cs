namespace Vigil.Grains.Polling.Starts;

/// <summary>
/// Keeps a platform that does not answer from turning a whole queue of starts into lost ones. The number of starts in flight grows with the answers, so
/// that a silence is met by few; and after some ambiguous starts in a row the others wait, while one at a time tries the platform after growing pauses.
/// Guarded by the connection's lock.
/// </summary>
internal sealed class StartBreaker(ConnectionScope scope)
{
    /// <summary>How many starts may be in flight to a platform that has not answered one lately.</summary>
    public const int FirstWindow = 4;

    private const int FailuresToWait = 3;
    private const int Growth = 4;

    // After a longer time without an answered start it is not known whether the platform still answers.
    private static readonly TimeSpan WindowAge = TimeSpan.FromMinutes(1);
    private static readonly Backoff Pauses = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5)) { MinJitter = 0.9, MaxJitter = 1.1 };

    private int _window = FirstWindow;
    private TimeSpan _answeredAt;
    private int _failures;
    private int _pauses;
    private TimeSpan _until;
    private string _reason = "";
    private QueuedStart? _trial;

    /// <summary>Gets why starts wait, and until when; null if they do not.</summary>
    public StartsWait? Wait => IsWaiting ? new(_reason, scope.Clock.UtcNow + (_until - scope.Clock.Now)) : null;

    private bool IsWaiting => _pauses > 0;

    /// <summary>Returns whether a start may be sent beside those in flight and, if it has to wait for a time, how long.</summary>
    public bool Allows(int inFlight, TimeSpan now, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (!IsWaiting)
        {
            // A start that was not answered clearly makes no room for another one.
            return inFlight + _failures < (now - _answeredAt > WindowAge ? FirstWindow : _window);
        }

        wait = _until - now;
        return _trial is null && wait <= TimeSpan.Zero;
    }

    /// <summary>Records that a start was taken from the queue; while starts wait it is the one that tries the platform.</summary>
    public void Take(QueuedStart start) => _trial = IsWaiting ? start : null;

    /// <summary>Returns whether this start tries the platform for all that wait.</summary>
    public bool IsTrial(QueuedStart start) => _trial == start;

    /// <summary>Records that nothing was sent for the start, or that its outcome is recorded.</summary>
    public void End(QueuedStart start)
    {
        if (IsTrial(start))
        {
            _trial = null;
        }
    }

    /// <summary>Records what became of a request that starts something.</summary>
    /// <param name="start">The start.</param>
    /// <param name="unclear">The error that leaves it unknown whether anything was started; null if the platform answered clearly.</param>
    public void Answer(QueuedStart start, PlatformError? unclear)
    {
        if (unclear is null)
        {
            Open();
        }
        else if (IsTrial(start) || (++_failures >= FailuresToWait && !IsWaiting))
        {
            Pause(unclear);
        }
    }

    private void Open()
    {
        if (IsWaiting)
        {
            scope.Services.Log.StartsGoOn(scope.Name);
            _window = FirstWindow;
        }

        _window = Math.Min(_window + Growth, scope.Services.Options.MaxConcurrentStarts);
        _answeredAt = scope.Clock.Now;
        (_failures, _pauses, _trial) = (0, 0, null);
    }

    private void Pause(PlatformError error)
    {
        _reason = $"{error.Code}: {error.Message}";
        if (!IsWaiting)
        {
            scope.Services.Log.StartsWait(scope.Name, _failures, _reason);
        }

        _pauses++;
        _until = scope.Clock.Now + Pauses.Delay(_pauses, scope.Services.Random);
        _trial = null;
    }
}
