namespace Vigil.Grains.Polling;

/// <summary>A run in a poll, its attempt, and the hash of its last known answer at that time.</summary>
internal readonly record struct PollTicket(TrackedRun Entry, int Attempt, ulong Known);

/// <summary>The poll request that an answer belongs to.</summary>
/// <param name="LeftAt">When it was sent, by the monotonic clock.</param>
/// <param name="SentAt">The same time in UTC.</param>
/// <param name="ReceivedAt">When its answer was received.</param>
/// <param name="Alone">Whether it was for a single run.</param>
/// <param name="Polls">How many polls it counts for each run.</param>
/// <param name="Share">The fraction of a request that each run is charged.</param>
internal readonly record struct PollRequest(TimeSpan LeftAt, DateTimeOffset SentAt, DateTimeOffset ReceivedAt, bool Alone, int Polls, double Share);
