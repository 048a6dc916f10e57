using Vigil.Grains.Polling.Requests;

namespace Vigil.Grains.Polling.OneOffs;

/// <summary>Creates the one-off requests, and the reports for their answers.</summary>
internal sealed class OneOffRequests(ConnectionScope scope, PlatformClient client)
{
    private static readonly Backoff Failures = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
    private static readonly TimeSpan MarkerInterval = TimeSpan.FromSeconds(5);

    private IPlatformConnection Platform => scope.Platform;

    public OneOffRequest PollAlone(ExecutionState state)
    {
        var (run, attempt) = (state.ToRemoteRun(), state.Attempt);
        return new(new(state.Id, OneOffKind.PollAlone), async oneOff =>
        {
            var reply = await PollOneAsync("poll_alone", run);
            return reply.Error is { } error
                ? Failed(oneOff, error, new LifecycleInput.PollFailed(attempt, reply.SentAt, error, reply.Requests, Polls: 1))
                : new OneOffOutcome.Done(ReportOf(reply, attempt, polls: 1));
        });
    }

    public OneOffRequest Cancel(ExecutionState state, string? reason)
    {
        var (run, attempt) = (state.ToRemoteRun(), state.Attempt);
        return new(new(state.Id, OneOffKind.Cancel), async oneOff =>
        {
            var reply = await client.CallAsync(scope.Polls, "cancel", token => Platform.CancelAsync(run, reason, token).ThenTrue(), scope.Draining);
            var report = new LifecycleInput.CancelAnswered(attempt, reply.Error);
            return reply.Error is { } error ? Failed(oneOff, error, report) : new OneOffOutcome.Done(report);
        });
    }

    public OneOffRequest Detail(ExecutionState state)
    {
        var (run, attempt) = (state.ToRemoteRun(), state.Attempt);
        return new(new(state.Id, OneOffKind.Detail), async oneOff =>
        {
            var reply = Unfold(await client.CallAsync(scope.Polls, "detail", token => Platform.GetDetailAsync(run, token), scope.Draining));
            return reply.Error is { } error
                ? Failed(oneOff, error, new LifecycleInput.WorkFailed(PendingWork.Detail, $"{error.Code}: {error.Message}"))
                : new OneOffOutcome.Done(ReportOf(reply, attempt, polls: 0));
        });
    }

    /// <summary>
    /// Searches until the run is found or the grain cancels the search: only the grain knows how long a start may still appear. That nothing was found is
    /// reported only after searching for the whole window by the monotonic clock, because the grain uses the system clock, which may have been set forward.
    /// </summary>
    public OneOffRequest Marker(RunRequest request)
    {
        var since = scope.Clock.Now;
        return new(new(request.ExecutionId, OneOffKind.Marker), oneOff => FindStartAsync(oneOff, request, since));
    }

    private async Task<OneOffOutcome> FindStartAsync(OneOffRequest oneOff, RunRequest request, TimeSpan since)
    {
        var reply = await client.CallAsync(scope.Polls, "find_start", token => Platform.FindStartAsync(request, token), scope.Draining);
        if (reply.Error is { } error)
        {
            var report = new LifecycleInput.MarkerNotFound(reply.SentAt, error);
            var outcome = Failed(oneOff, error, report);
            return outcome is OneOffOutcome.Again again && oneOff.Failures == LifecycleLimits.FailuresBeforeAttention ? again with { Report = report } : outcome;
        }

        oneOff.Failures = 0;
        if (reply.Value is { } found)
        {
            return new OneOffOutcome.Done(new LifecycleInput.Confirmed(ClaimNumber: 0, found, reply.SentAt, reply.ReceivedAt), EvenIfForgotten: true);
        }

        return new OneOffOutcome.Again(
            MarkerInterval, reply.LeftAt - since >= LifecycleLimits.MarkerWindow ? new LifecycleInput.MarkerNotFound(reply.SentAt) : null);
    }

    public Func<OneOffRequest, Task<OneOffOutcome>> Look(string remoteId, ExecutionTarget? target, TaskCompletionSource<Observation?> answer) => async _ =>
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
    };

    public Func<OneOffRequest, Task<OneOffOutcome>> ListRuns(RunFilter filter, string? cursor, int pageSize, TaskCompletionSource<Reply<RunPage>> answer) => async _ =>
    {
        var reply = await client.CallAsync(scope.Polls, "list_runs", token => Platform.ListRunsAsync(filter, cursor, pageSize, token), scope.Draining);
        if (reply.Error is { } error)
        {
            answer.TrySetException(new PlatformException(error));
        }

        answer.TrySetResult(reply);
        return new OneOffOutcome.Done();
    };

    private async Task<Reply<PollAnswer>> PollOneAsync(string operation, RemoteRun run) => Unfold(await client.CallAsync(
        scope.Polls,
        operation,
        async token => await Platform.PollAsync([run], token) is { IsDefault: false, Length: 1 } answers
            ? answers[0]
            : throw new PlatformException(new(PlatformErrorKind.Transient, "wrong_answer_count", "Expected one answer.")),
        scope.Draining));

    // An unusable answer for the only run is a failure of the request.
    private static Reply<PollAnswer> Unfold(Reply<PollAnswer> reply) =>
        reply.Value is PollAnswer.Unusable unusable ? reply with { Value = null, Error = unusable.Error } : reply;

    private static LifecycleInput.Polled ReportOf(Reply<PollAnswer> reply, int attempt, int polls) => reply.Value is PollAnswer.Seen seen
        ? new LifecycleInput.Observed(new(seen.Snapshot, attempt, reply.SentAt, reply.ReceivedAt), reply.Requests, polls, Single: true)
        : new LifecycleInput.NotFound(attempt, reply.SentAt, Single: true, reply.Requests, polls);

    /// <summary>Repeats a failed request, unless the failure is final and thus its answer.</summary>
    private OneOffOutcome Failed(OneOffRequest oneOff, PlatformError error, LifecycleInput.Report report)
    {
        oneOff.Failures++;
        return error.Kind == PlatformErrorKind.Final
            ? new OneOffOutcome.Done(report)
            : new OneOffOutcome.Again(RetryAfter.OrLonger(Failures.Delay(oneOff.Failures, scope.Services.Random), error.RetryAfter));
    }
}
