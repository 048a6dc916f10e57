namespace Vigil.Grains.Polling.Requests;

/// <summary>The outcome of one request: a value or an error.</summary>
/// <param name="Value">The answer, if there is no error.</param>
/// <param name="Error">The error, if it failed.</param>
/// <param name="LeftAt">When the request was sent, by the monotonic clock, which orders answers.</param>
/// <param name="SentAt">The same time in UTC.</param>
/// <param name="ReceivedAt">When the answer was received.</param>
/// <param name="Requests">How many requests it took.</param>
internal readonly record struct Reply<T>(T? Value, PlatformError? Error, TimeSpan LeftAt, DateTimeOffset SentAt, DateTimeOffset ReceivedAt, int Requests);
