using Vigil.Grains.Polling.Plans;
using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling;

/// <summary>
/// Polls one or several runs with one request and distributes the answers. A request that is refused as a whole is split until its parts are accepted, so
/// one bad id does not fail its batch: a run that is refused even alone is polled alone from then on.
/// </summary>
internal sealed class BatchPoller(ConnectionScope scope, PlatformClient client, RunTracker tracker, IPollPlan plan)
{
    public async Task PollAsync(PollTicket[] runs)
    {
        var parts = new Stack<ArraySegment<PollTicket>>([runs]);
        var largest = 0;
        var refused = false;
        var isSingleRun = false;
        try
        {
            while (parts.TryPeek(out var part))
            {
                // The caller has already acquired the first request.
                if (refused && !await client.WaitToSendAsync(scope.Polls, scope.Draining))
                {
                    break;
                }

                var reply = await SendAsync(part);
                parts.Pop();
                var isRefused = reply.Error is { Kind: PlatformErrorKind.BatchRefused or PlatformErrorKind.Final };
                if (isRefused && part.Count > 1)
                {
                    refused = true;
                    parts.Push(part[(part.Count / 2)..]);
                    parts.Push(part[..(part.Count / 2)]);
                    continue;
                }

                isSingleRun |= isRefused && refused;
                largest = reply.Error is null && part.Count > largest ? part.Count : largest;
                Settle(part, reply, pollAlone: isRefused && refused);
            }
        }
        finally
        {
            Return(parts);
        }

        if (refused && !isSingleRun && largest > 0)
        {
            lock (scope.Lock)
            {
                plan.Learn(runs.Length, largest);
            }

            scope.Services.Log.BatchSizeLearned(scope.Name, runs.Length, largest);
        }
    }

    private Task<Reply<ImmutableArray<PollAnswer>>> SendAsync(ArraySegment<PollTicket> part)
    {
        var runs = new RemoteRun[part.Count];
        var known = new ulong[part.Count];
        for (var i = 0; i < runs.Length; i++)
        {
            runs[i] = part[i].Entry.Remote;
            known[i] = part[i].Known;
        }

        return client.CallAsync(scope.Polls, "poll", async token => Checked(await scope.Platform.PollAsync(runs, known, token), runs.Length), scope.Draining);
    }

    // Without one answer per run, the answers cannot be assigned to their runs.
    private static ImmutableArray<PollAnswer> Checked(ImmutableArray<PollAnswer> answers, int expected) =>
        !answers.IsDefault && answers.Length == expected && !answers.Contains(null!)
            ? answers
            : throw new PlatformException(new(PlatformErrorKind.Transient, "wrong_answer_count", $"Expected {expected} answers."));

    private void Settle(ArraySegment<PollTicket> part, Reply<ImmutableArray<PollAnswer>> reply, bool pollAlone)
    {
        var request = new PollRequest(reply.LeftAt, reply.SentAt, reply.ReceivedAt, Alone: part.Count == 1, Polls: 1, (double)reply.Requests / part.Count);
        var failed = reply.Error is { } error ? new PollAnswer.Unusable(error) : null;
        var answers = new PollAnswer[part.Count];
        var fingerprints = new ulong[part.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = failed ?? reply.Value[i];
            fingerprints[i] = answers[i] is PollAnswer.Seen seen ? Fingerprint.Of(seen.Snapshot, part[i].Attempt) : 0;
        }

        scope.Services.Instruments.Polled(scope.Name, part.Count);
        scope.Services.Log.Polled(scope.Name, part.Count, reply.Error?.Code);
        lock (scope.Lock)
        {
            for (var i = 0; i < answers.Length; i++)
            {
                part[i].Entry.Alone |= pollAlone;
                tracker.Settle(part[i], answers[i], fingerprints[i], request);
            }
        }
    }

    private void Return(Stack<ArraySegment<PollTicket>> parts)
    {
        lock (scope.Lock)
        {
            foreach (var run in parts.SelectMany(part => part))
            {
                tracker.Settle(run, answer: null, fingerprint: 0, default);
            }
        }
    }
}

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
