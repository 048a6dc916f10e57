namespace Vigil.Simulator;

/// <summary>
/// Records the requests to the simulated platforms and what they did, to compare a watcher's claims with. Counts are kept for ever, single
/// requests up to a capacity; the oldest are dropped first.
/// </summary>
public sealed class SimulationLedger
{
    private readonly Lock _lock = new();
    private readonly LedgerRequest[] _ring;
    private readonly Dictionary<(string Platform, string Operation, int Status), long> _counts = [];
    private long _written;

    internal SimulationLedger(int capacity) => _ring = new LedgerRequest[capacity];

    /// <summary>Gets the total number of requests.</summary>
    public long Total => Interlocked.Read(ref _written);

    /// <summary>Counts requests; null matches all. Status 0 is a connection that was cut.</summary>
    public long Count(string? platform = null, string? operation = null, int? status = null) => Counts().Where(count =>
        (platform is null || count.Platform == platform) && (operation is null || count.Operation == operation) && (status is null || count.Status == status)).Sum(count => count.Count);

    /// <summary>Returns the counts by platform, operation and status.</summary>
    public IReadOnlyList<LedgerCount> Counts()
    {
        lock (_lock)
        {
            return [.. _counts.Select(pair => new LedgerCount(pair.Key.Platform, pair.Key.Operation, pair.Key.Status, pair.Value))];
        }
    }

    /// <summary>Returns the kept requests, oldest first; null matches all.</summary>
    public IReadOnlyList<LedgerRequest> Requests(string? platform = null, string? operation = null, string? runId = null)
    {
        lock (_lock)
        {
            var kept = _written < _ring.Length ? _ring.Take((int)_written) : _ring.Skip((int)(_written % _ring.Length)).Concat(_ring.Take((int)(_written % _ring.Length)));
            return [.. kept.Where(request => (platform is null || request.Platform == platform)
                && (operation is null || request.Operation == operation) && (runId is null || request.RunIds.Contains(runId)))];
        }
    }

    internal void Write(LedgerRequest request)
    {
        lock (_lock)
        {
            _ring[_written++ % _ring.Length] = request;
            var key = (request.Platform, request.Operation, request.Status);
            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _written = 0;
            Array.Clear(_ring);
            _counts.Clear();
        }
    }
}

/// <summary>One request to a simulated platform.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="Platform">The platform.</param>
/// <param name="Operation">The operation.</param>
/// <param name="RunIds">The runs it named, or that it started.</param>
/// <param name="Target">The target of a start.</param>
/// <param name="Status">The HTTP status that was sent; 0 if the connection was cut.</param>
/// <param name="Fault">The fault that struck it.</param>
public sealed record LedgerRequest(
    DateTimeOffset At, string Platform, string Operation, IReadOnlyList<string> RunIds, string? Target, int Status, string? Fault);

/// <summary>The number of requests that were answered with a status.</summary>
public sealed record LedgerCount(string Platform, string Operation, int Status, long Count);

/// <summary>One run's actual state.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="RunId">The platform's id.</param>
/// <param name="Target">What was started.</param>
/// <param name="Marker">What identifies the start to its sender.</param>
/// <param name="Starts">How many runs have the same marker; 1 if there is none.</param>
/// <param name="Attempt">The number of the attempt.</param>
/// <param name="AcceptedAt">When the start was accepted.</param>
/// <param name="Phase">Its actual phase.</param>
/// <param name="EndedAt">When it actually ended.</param>
/// <param name="CancelRequests">How many times cancel was requested.</param>
/// <param name="CancelledAt">When it was cancelled.</param>
/// <param name="Polls">How many times its status was polled.</param>
public sealed record LedgerRun(
    string Platform,
    string RunId,
    string Target,
    string? Marker,
    int Starts,
    int Attempt,
    DateTimeOffset AcceptedAt,
    RunPhase Phase,
    DateTimeOffset? EndedAt,
    int CancelRequests,
    DateTimeOffset? CancelledAt,
    long Polls);
