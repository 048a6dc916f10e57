using System.Diagnostics.Metrics;

namespace Vigil.Grains.Polling;

/// <summary>The poller's metrics. Tags are names of connections and operations, never of executions.</summary>
internal sealed class PollerInstruments
{
    public const string MeterName = "Vigil.Polling";

    private readonly Counter<long> _polls;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _errors;
    private readonly Counter<long> _unknownStatuses;
    private readonly Counter<long> _failedCalls;
    private readonly Counter<long> _faults;
    private readonly Histogram<double> _lag;

    public PollerInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _polls = meter.CreateCounter<long>("vigil.polls", "{poll}", "Executions that were polled.");
        _requests = meter.CreateCounter<long>("vigil.platform.requests", "{request}", "Requests sent to platforms.");
        _errors = meter.CreateCounter<long>("vigil.platform.errors", "{error}", "Requests that failed, by kind of failure.");
        _unknownStatuses = meter.CreateCounter<long>("vigil.platform.unknown_statuses", "{answer}", "Answers with a status that Vigil does not know.");
        _failedCalls = meter.CreateCounter<long>("vigil.poller.failed_calls", "{call}", "Calls to grains that failed and are repeated.");
        _faults = meter.CreateCounter<long>("vigil.poller.faults", "{fault}", "Faults of the poller itself; each is logged.");
        _lag = meter.CreateHistogram<double>("vigil.lag", "s", "Time from an execution's end on the platform until Vigil observed it.");
    }

    public void Polled(string connection, int runs) => _polls.Add(runs, Connection(connection));

    public void Requested(string connection, string operation) => _requests.Add(1, Connection(connection), new("vigil.operation", operation));

    public void Failed(string connection, string operation, PlatformErrorKind kind) =>
        _errors.Add(1, Connection(connection), new("vigil.operation", operation), new("vigil.error", kind.ToString()));

    public void UnknownStatus(string connection) => _unknownStatuses.Add(1, Connection(connection));

    public void CallFailed() => _failedCalls.Add(1);

    public void Faulted(string connection) => _faults.Add(1, Connection(connection));

    /// <summary>Records a lag, which is never negative even if the clocks differ.</summary>
    public void Lagged(string connection, TimeSpan lag) => _lag.Record(Math.Max(0, lag.TotalSeconds), Connection(connection));

    private static KeyValuePair<string, object?> Connection(string name) => new("vigil.connection", name);
}
