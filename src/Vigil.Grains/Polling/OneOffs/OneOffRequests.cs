using Vigil.Grains.Lifecycle;
using Vigil.Grains.Polling.Requests;
using Vigil.Grains.Polling.Timing;

namespace Vigil.Grains.Polling.OneOffs;

/// <summary>Makes the one-off requests: what each asks, and what of the answer its grain is told.</summary>
internal sealed class OneOffRequests(ConnectionScope scope, PlatformCaller caller)
{
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    private static readonly TimeSpan MarkerInterval = TimeSpan.FromSeconds(5);

    private IPlatformConnection Platform => scope.Platform;

    public OneOffRequest PollAlone(WatchedRun run) => new(new(run.ExecutionId, OneOffKind.PollAlone), async oneOff =>
    {
        var reply = await PollOneAsync("poll_alone", run.Run);
        var report = new PollReport(run.Attempt, reply.SentAt, reply.ReceivedAt, 1, reply.Requests, Alone: true);
        return reply.Error is { } error
            ? Failed(oneOff, error, grain => grain.ObserveAsync(report with { Error = error }))
            : Told(report with { Seen = (reply.Value as PollAnswer.Seen)?.Snapshot });
    });

    public OneOffRequest Cancel(WatchedRun run, string? reason) => new(new(run.ExecutionId, OneOffKind.Cancel), async oneOff =>
    {
        var reply = await caller.CallAsync(scope.Polls, "cancel", token => Done(Platform.CancelAsync(run.Run, reason, token)), scope.Draining);
        return reply.Error is { } error
            ? Failed(oneOff, error, grain => grain.CancelAnsweredAsync(run.Attempt, error))
            : new OneOffOutcome.Done(grain => grain.CancelAnsweredAsync(run.Attempt, null));
    });

    public OneOffRequest Detail(WatchedRun run) => new(new(run.ExecutionId, OneOffKind.Detail), async oneOff =>
    {
        var reply = Unfold(await caller.CallAsync(scope.Polls, "detail", token => Platform.GetDetailAsync(run.Run, token), scope.Draining));
        return reply.Error is { } error
            ? Failed(oneOff, error, grain => grain.DetailFailedAsync(error))
            : Told(new(run.Attempt, reply.SentAt, reply.ReceivedAt, 0, reply.Requests, Alone: true, (reply.Value as PollAnswer.Seen)?.Snapshot));
    });

    /// <summary>
    /// Looks until something is found or the grain has it forgotten: only the grain knows how long a start may yet appear. That nothing was found is
    /// told only after looking for that long by the steady clock: the calendar, which the grain goes by, may have been set forward.
    /// </summary>
    public OneOffRequest Marker(RunRequest request)
    {
        var since = scope.Clock.Now;
        return new(new(request.ExecutionId, OneOffKind.Marker), oneOff => FindStartAsync(oneOff, request, since));
    }

    private async Task<OneOffOutcome> FindStartAsync(OneOffRequest oneOff, RunRequest request, TimeSpan since)
    {
        var reply = await caller.CallAsync(scope.Polls, "find_start", token => Platform.FindStartAsync(request, token), scope.Draining);
        var report = new SubmitReport(0, reply.SentAt, reply.ReceivedAt, reply.Value, reply.Error, MarkerNotFound: reply.Value is null);
        if (reply.Error is { } error)
        {
            return Failed(oneOff, error, grain => grain.SubmittedAsync(report));
        }

        oneOff.Failures = 0;
        if (reply.Value is not null)
        {
            return new OneOffOutcome.Done(grain => grain.SubmittedAsync(report), EvenIfForgotten: true);
        }

        return reply.LeftAt - since >= LifecycleLimits.MarkerWindow
            ? new OneOffOutcome.Again(MarkerInterval, grain => grain.SubmittedAsync(report))
            : new OneOffOutcome.Again(MarkerInterval);
    }

    public OneOffRequest Look(string remoteId, ExecutionTarget? target, TaskCompletionSource<Observation?> answer) =>
        new(new($"{remoteId}/{Guid.NewGuid():N}", OneOffKind.Look), async _ =>
        {
            var reply = await PollOneAsync("look", new(remoteId, target));
            switch (reply.Value)
            {
                case PollAnswer.Seen seen:
                    answer.TrySetResult(new(seen.Snapshot, 1, reply.SentAt, reply.ReceivedAt));
                    break;
                case PollAnswer.NotFound:
                    answer.TrySetResult(null);
                    break;
                default:
                    answer.TrySetException(new PlatformException(reply.Error!));
                    break;
            }

            return new OneOffOutcome.Done();
        });

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private async Task<Reply<PollAnswer>> PollOneAsync(string operation, RemoteRun run) => Unfold(await caller.CallAsync(
        scope.Polls,
        operation,
        async token => await Platform.PollAsync([run], token) is { IsDefault: false, Length: 1 } answers
            ? answers[0]
            : throw new PlatformException(new(PlatformErrorKind.Transient, "wrong_answer_count", "One answer was due.")),
        scope.Draining));

    // An answer that is unusable for its one run is a failure of the request.
    private static Reply<PollAnswer> Unfold(Reply<PollAnswer> reply) =>
        reply.Value is PollAnswer.Unusable unusable ? reply with { Value = null, Error = unusable.Error } : reply;

    private static OneOffOutcome.Done Told(PollReport report) => new(grain => grain.ObserveAsync(report));

    /// <summary>Has a failed one-off request repeated; a final refusal is its answer.</summary>
    private OneOffOutcome Failed(OneOffRequest oneOff, PlatformError error, Func<IWatchedExecution, Task> tell)
    {
        oneOff.Failures++;
        return error.Kind == PlatformErrorKind.Final ? new OneOffOutcome.Done(tell) : new OneOffOutcome.Again(Pause(oneOff, error));
    }

    private TimeSpan Pause(OneOffRequest oneOff, PlatformError error) =>
        RetryAfter.OrLonger(Failures.Delay(oneOff.Failures, scope.Services.Random), error.RetryAfter);
}
