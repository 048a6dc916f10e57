namespace Vigil.Grains.Polling.Requests;

/// <summary>How one request ended: with a value, or with an error as data.</summary>
/// <param name="Value">The answer, where there is no error.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="LeftAt">When the request left, by the poller's own clock, which orders answers.</param>
/// <param name="SentAt">When that was by the calendar.</param>
/// <param name="ReceivedAt">When its answer was there.</param>
/// <param name="Requests">How many requests it took.</param>
internal readonly record struct Reply<T>(T? Value, PlatformError? Error, TimeSpan LeftAt, DateTimeOffset SentAt, DateTimeOffset ReceivedAt, int Requests);
