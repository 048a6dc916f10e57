namespace Vigil.Grains.Polling;

/// <summary>A run, the attempt that was asked about, and what was known of its answer then.</summary>
internal readonly record struct PollTicket(TrackedRun Entry, int Attempt, ulong Known);

/// <summary>The request that an answer belongs to.</summary>
/// <param name="LeftAt">When it left, by the poller's own clock.</param>
/// <param name="SentAt">When that was by the calendar.</param>
/// <param name="ReceivedAt">When its answer was there.</param>
/// <param name="Alone">Whether it asked for one run.</param>
/// <param name="Polls">How many polls of each run it was.</param>
/// <param name="Share">What part of a request each run is charged.</param>
internal readonly record struct PollRequest(TimeSpan LeftAt, DateTimeOffset SentAt, DateTimeOffset ReceivedAt, bool Alone, int Polls, double Share);
