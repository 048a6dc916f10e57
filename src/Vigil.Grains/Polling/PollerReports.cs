namespace Vigil.Grains.Polling;

/// <summary>What the poller knows of one execution at the moment.</summary>
/// <param name="NextPollAt">When it will be polled next; null while the connection is suspended.</param>
/// <param name="ObservedAt">When the request was sent whose answer is the newest.</param>
/// <param name="Progress">How far it was then, told to the grain or not.</param>
/// <param name="Polls">The polls that no report has told yet.</param>
/// <param name="Requests">The requests that no report has told yet.</param>
internal sealed record WatchStatus(DateTimeOffset? NextPollAt, DateTimeOffset? ObservedAt, ExecutionProgress? Progress, long Polls, double Requests);

/// <summary>Where a connection stands on one silo.</summary>
/// <param name="Connection">Its name.</param>
/// <param name="Watched">How many executions it watches.</param>
/// <param name="Queued">How many starts wait.</param>
/// <param name="EffectiveCadence">The time between two polls of a run that the budget allows at the moment.</param>
/// <param name="RequestsPerMinute">The rate at which this silo may send: its part of the connection's.</param>
/// <param name="Suspended">Why it sends nothing; null where it does.</param>
/// <param name="LastError">The last failure of a request, for people.</param>
internal sealed record ConnectionReport(
    string Connection, int Watched, int Queued, TimeSpan EffectiveCadence, double RequestsPerMinute, string? Suspended, string? LastError);
