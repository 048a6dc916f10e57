using System.Text.Json.Serialization;

namespace Vigil.Simulator;

/// <summary>All that makes a run; its state at any time follows from it.</summary>
/// <param name="Number">Its number in the order of the starts, from which its id is derived.</param>
/// <param name="Platform">The platform.</param>
/// <param name="Id">The platform's id.</param>
/// <param name="Target">What was started.</param>
/// <param name="AcceptedAt">When the start was accepted.</param>
/// <param name="Attempt">Its current attempt.</param>
internal sealed record RunRecord(long Number, string Platform, string Id, StartedTarget Target, DateTimeOffset AcceptedAt, RunAttempt Attempt);

/// <summary>One attempt of a run.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Script">Its script.</param>
/// <param name="From">When it began.</param>
/// <param name="Seed">The seed of its random durations.</param>
/// <param name="CancelledAt">When it was cancelled.</param>
internal sealed record RunAttempt(int Number, RunScript Script, DateTimeOffset From, ulong Seed, DateTimeOffset? CancelledAt = null)
{
    private readonly RunTimeline _timeline = new(Script, From, Seed);

    [JsonIgnore]
    public DateTimeOffset EndsAt => CancelledAt < _timeline.EndsAt ? CancelledAt.Value : _timeline.EndsAt;

    public RunState At(DateTimeOffset now) => _timeline.At(now, CancelledAt);

    public RunPhase PhaseAt(DateTimeOffset now) => _timeline.PhaseAt(now, CancelledAt);

    public DateTimeOffset? NextChangeAfter(DateTimeOffset now) => CancelledAt is null ? _timeline.NextChangeAfter(now) : null;
}
