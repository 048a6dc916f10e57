namespace Vigil.Simulator;

/// <summary>
/// Records the requests to the simulated platforms and their outcomes, to verify what a watcher reports. All requests are counted; only the newest
/// are kept, up to a capacity.
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

/// <summary>One request to a simulated platform, with the runs it named or started. Status 0 means that the connection was cut.</summary>
public sealed record LedgerRequest(
    DateTimeOffset At, string Platform, string Operation, IReadOnlyList<string> RunIds, string? Target, int Status, string? Fault);

/// <summary>The number of requests to an operation that returned a status.</summary>
public sealed record LedgerCount(string Platform, string Operation, int Status, long Count);

/// <summary>
/// One run's actual state. <c>Marker</c> is the value by which the sender recognizes its start, and <c>Starts</c> is how many runs have the same one.
/// </summary>
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
