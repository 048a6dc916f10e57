namespace Vigil.Grains.Delivery;

/// <summary>
/// Keeps the deliveries of a destination that does not answer from taking the places of others: after some failures in a row it is left alone
/// for a while, then one delivery tries it.
/// </summary>
internal sealed class CircuitBreaker
{
    public const int FailuresToOpen = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _sync = new();
    private int _failures;
    private DateTimeOffset _openUntil;
    private bool _trying;

    /// <summary>Tells until when the destination is to be left alone; null where a delivery may be tried, which it then must be.</summary>
    public DateTimeOffset? LeftAloneUntil(DateTimeOffset now)
    {
        lock (_sync)
        {
            if (_failures < FailuresToOpen)
            {
                return null;
            }

            if (now < _openUntil || _trying)
            {
                return now < _openUntil ? _openUntil : now + FirstPause;
            }

            _trying = true;
            return null;
        }
    }

    /// <summary>Takes a success.</summary>
    public void Succeeded()
    {
        lock (_sync)
        {
            _failures = 0;
            _trying = false;
        }
    }

    /// <summary>Takes a failure; true where it opened the breaker.</summary>
    public bool Failed(DateTimeOffset now)
    {
        lock (_sync)
        {
            _trying = false;
            _failures++;
            if (_failures < FailuresToOpen)
            {
                return false;
            }

            var doublings = Math.Min(_failures - FailuresToOpen, 10);
            var pause = FirstPause * Math.Pow(2, doublings);
            _openUntil = now + (pause < LongestPause ? pause : LongestPause);
            return _failures == FailuresToOpen;
        }
    }
}
