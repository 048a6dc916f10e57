using Vigil.Grains.Polling.Plans;
using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling;

/// <summary>
/// Sends a request for one run or several and hands the answers out. A request that is refused as a whole is split until its parts are accepted, so
/// one bad id never sinks its batch: what is refused even by itself is asked about alone from then on.
/// </summary>
internal sealed class BatchPoller(ConnectionScope scope, PlatformClient client, RunTracker tracker, IPollPlan plan)
{
    public async Task AskAsync(PollTicket[] runs)
    {
        var parts = new Stack<ArraySegment<PollTicket>>([runs]);
        var largest = 0;
        var refused = false;
        var sunkByOne = false;
        try
        {
            while (parts.TryPeek(out var part))
            {
                // The first request was granted before it came here.
                if (refused && !await client.WaitToSendAsync(scope.Polls, scope.Draining))
                {
                    break;
                }

                var reply = await PollAsync(part);
                parts.Pop();
                var isRefused = reply.Error is { Kind: PlatformErrorKind.BatchRefused or PlatformErrorKind.Final };
                if (isRefused && part.Count > 1)
                {
                    refused = true;
                    parts.Push(part[(part.Count / 2)..]);
                    parts.Push(part[..(part.Count / 2)]);
                    continue;
                }

                sunkByOne |= isRefused && refused;
                largest = reply.Error is null && part.Count > largest ? part.Count : largest;
                Settle(part, reply, becomesAlone: isRefused && refused);
            }
        }
        finally
        {
            Return(parts);
        }

        if (refused && !sunkByOne && largest > 0)
        {
            lock (scope.Lock)
            {
                plan.Learn(runs.Length, largest);
            }

            scope.Services.Log.BatchSizeLearned(scope.Name, runs.Length, largest);
        }
    }

    private Task<Reply<ImmutableArray<PollAnswer>>> PollAsync(ArraySegment<PollTicket> part)
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

    // An answer that cannot be told apart from another run's is no answer.
    private static ImmutableArray<PollAnswer> Checked(ImmutableArray<PollAnswer> answers, int expected) =>
        !answers.IsDefault && answers.Length == expected && !answers.Contains(null!)
            ? answers
            : throw new PlatformException(new(PlatformErrorKind.Transient, "wrong_answer_count", $"{expected} answers were due."));

    private void Settle(ArraySegment<PollTicket> part, Reply<ImmutableArray<PollAnswer>> reply, bool becomesAlone)
    {
        var request = new PollRequest(reply.LeftAt, reply.SentAt, reply.ReceivedAt, Alone: part.Count == 1, Polls: 1, (double)reply.Requests / part.Count);
        var failed = reply.Error is { } error ? new PollAnswer.Unusable(error) : null;
        var answers = new PollAnswer[part.Count];
        var prints = new ulong[part.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = failed ?? reply.Value[i];
            prints[i] = answers[i] is PollAnswer.Seen seen ? Fingerprint.Of(seen.Snapshot, part[i].Attempt) : 0;
        }

        scope.Services.Instruments.Polled(scope.Name, part.Count);
        scope.Services.Log.Polled(scope.Name, part.Count, reply.Error?.Code);
        lock (scope.Lock)
        {
            for (var i = 0; i < answers.Length; i++)
            {
                part[i].Entry.Alone |= becomesAlone;
                tracker.Settle(part[i], answers[i], prints[i], request);
            }
        }
    }

    private void Return(Stack<ArraySegment<PollTicket>> parts)
    {
        lock (scope.Lock)
        {
            foreach (var run in parts.SelectMany(part => part))
            {
                tracker.Settle(run, answer: null, print: 0, default);
            }
        }
    }
}
