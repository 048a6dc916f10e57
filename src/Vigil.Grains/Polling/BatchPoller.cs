using Vigil.Grains.Polling.Plans;
using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling;

/// <summary>
/// Polls one or several runs with one request and distributes the answers. A request that is refused as a whole is split until its parts are accepted, so
/// one bad id does not fail its batch: a run that is refused even alone is polled alone for a while. An answer that cannot be read is split in the same way,
/// since one bad item spoils it.
/// </summary>
internal sealed class BatchPoller(ConnectionScope scope, PlatformClient client, RunTracker tracker, IPollPlan plan, AbsenceProver absences)
{
    private const string Unreadable = "unreadable_answer";

    // If this many single answers in a row cannot be read, the cause is not one bad item, and splitting does not help.
    private const int MaxUnreadable = 3;
    private static readonly TimeSpan AloneDuration = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan UnreadableDuration = TimeSpan.FromMinutes(1);

    // Until then no answer is split because it cannot be read: none could be lately.
    private TimeSpan _unreadableUntil;

    public async Task PollAsync(PollTicket[] runs)
    {
        var parts = new Stack<ArraySegment<PollTicket>>([runs]);
        var (largest, unreadable) = (0, 0);
        var (split, refused, isSingleRun) = (false, false, false);
        try
        {
            while (parts.TryPeek(out var part))
            {
                // The caller has already acquired the first request.
                if (split && !await client.WaitToSendAsync(scope.Polls, scope.Draining))
                {
                    break;
                }

                var reply = await SendAsync(part);
                parts.Pop();
                var isRefused = reply.Error is { Kind: PlatformErrorKind.BatchRefused or PlatformErrorKind.Final };
                var isUnreadable = reply.Error is { Code: Unreadable };
                if (part.Count > 1 && (isRefused || (isUnreadable && MaySplit(largest, unreadable))))
                {
                    split = true;
                    refused |= isRefused;
                    parts.Push(part[(part.Count / 2)..]);
                    parts.Push(part[..(part.Count / 2)]);
                    continue;
                }

                if (part.Count > 1 && IsTimeout(reply.Error))
                {
                    await SettleSlowAsync(part, reply);
                    continue;
                }

                unreadable += isUnreadable ? 1 : 0;
                isSingleRun |= isRefused && split;
                largest = reply.Error is null && part.Count > largest ? part.Count : largest;
                await SettleAsync(part, reply, pollAlone: (isRefused || isUnreadable) && split && part.Count == 1);
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

    private static bool IsTimeout(PlatformError? error) => error is { Code: "timeout" or "timed_out", StatusCode: null };

    /// <summary>
    /// Settles a request that was not answered in time. One of its runs is polled alone: if the platform answers that, so many runs take it too long, and
    /// the next requests are for half as many; otherwise it is slow or silent, whatever it is asked for.
    /// </summary>
    private async Task SettleSlowAsync(ArraySegment<PollTicket> part, Reply<ImmutableArray<PollAnswer>> reply)
    {
        if (await client.WaitToSendAsync(scope.Polls, scope.Draining))
        {
            var alone = await SendAsync(part[..1]);
            await SettleAsync(part[..1], alone, pollAlone: false);
            if (alone.Error is null)
            {
                lock (scope.Lock)
                {
                    plan.Learn(part.Count, part.Count / 2);
                }

                scope.Services.Log.BatchSizeLearned(scope.Name, part.Count, part.Count / 2);
            }

            part = part[1..];
        }

        await SettleAsync(part, reply, pollAlone: false);
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

    private bool MaySplit(int largest, int unreadable)
    {
        lock (scope.Lock)
        {
            if (largest == 0 && unreadable >= MaxUnreadable)
            {
                _unreadableUntil = scope.Clock.Now + UnreadableDuration;
            }

            return scope.Clock.Now >= _unreadableUntil;
        }
    }

    // The platform does not know the run, or refuses to return it.
    private static bool IsMissing(Reply<ImmutableArray<PollAnswer>> reply) => reply.Error is { } error
        ? error.Kind == PlatformErrorKind.Final
        : reply.Value[0] is PollAnswer.NotFound or PollAnswer.Unusable { Error.Kind: PlatformErrorKind.Final };

    private async Task SettleAsync(ArraySegment<PollTicket> part, Reply<ImmutableArray<PollAnswer>> reply, bool pollAlone)
    {
        var proof = part.Count == 1 && IsMissing(reply) ? await absences.ProveAsync(part[0].Entry, reply.LeftAt) : AbsenceProof.None;
        var request = new PollRequest(
            reply.LeftAt, reply.SentAt, reply.ReceivedAt, Alone: part.Count == 1, Polls: 1, (double)reply.Requests / part.Count, proof);
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
                part[i].Entry.AloneUntil = pollAlone ? scope.Clock.Now + AloneDuration : part[i].Entry.AloneUntil;
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
/// <param name="Proof">What the platform could find at the same time, if it did not return the run.</param>
internal readonly record struct PollRequest(TimeSpan LeftAt, DateTimeOffset SentAt, DateTimeOffset ReceivedAt, bool Alone, int Polls, double Share, AbsenceProof Proof = AbsenceProof.None);
