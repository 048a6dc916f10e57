namespace Vigil.Grains.Polling;

/// <summary>What the poller currently knows about one execution.</summary>
/// <param name="NextPollAt">When it will be polled next; null while the connection is suspended.</param>
/// <param name="ObservedAt">When the request of the newest answer was sent.</param>
/// <param name="Progress">The progress in that answer, reported to the grain or not.</param>
/// <param name="Polls">The polls not yet reported.</param>
/// <param name="Requests">The requests not yet reported.</param>
internal sealed record WatchStatus(DateTimeOffset? NextPollAt, DateTimeOffset? ObservedAt, ExecutionProgress? Progress, long Polls, double Requests);

/// <summary>The state of a connection on one silo.</summary>
/// <param name="Connection">The connection's name.</param>
/// <param name="Watched">The number of watched executions.</param>
/// <param name="Queued">The number of queued starts.</param>
/// <param name="EffectiveCadence">The time between two polls of a run that the budget currently allows.</param>
/// <param name="RequestsPerMinute">The rate at which this silo may send: its share of the connection's.</param>
/// <param name="Suspended">Why it is suspended; null if it is not.</param>
/// <param name="LastError">The last failed request's error, as text.</param>
/// <param name="StartsWait">Why starts wait, and until when; null if they do not.</param>
/// <param name="Attention">The number of watched executions whose polls need attention.</param>
/// <param name="PollsFailSince">Since when no poll had a usable answer; null while polls have.</param>
/// <param name="Push">How well push messages are received.</param>
internal sealed record ConnectionReport(
    string Connection,
    int Watched,
    int Queued,
    TimeSpan EffectiveCadence,
    double RequestsPerMinute,
    string? Suspended,
    string? LastError,
    StartsWait? StartsWait,
    int Attention,
    DateTimeOffset? PollsFailSince,
    PushStatus Push);

/// <summary>Why a connection's starts wait.</summary>
/// <param name="Reason">What the last start met.</param>
/// <param name="Until">When the next one is tried.</param>
internal sealed record StartsWait(string Reason, DateTimeOffset Until);
