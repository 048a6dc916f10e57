using Vigil.Grains.Polling.OneOffs;
using Vigil.Grains.Polling.Requests;
using Vigil.Grains.Runs;

namespace Vigil.Grains.Polling;

/// <summary>The requests whose answers a caller waits for.</summary>
internal sealed partial class ConnectionPoller
{
    public Task<Observation?> LookAsync(string remoteId, ExecutionTarget? target, CancellationToken cancellationToken) =>
        AskAsync<Observation?>(new($"/{remoteId}", OneOffKind.Look), answer => _oneOffRequests.Look(remoteId, target, answer), cancellationToken);

    public Task<Reply<RunPage>> ListRunsAsync(RunFilter filter, string? cursor, int pageSize, CancellationToken cancellationToken) => AskAsync<Reply<RunPage>>(
        new($"{pageSize}/{RunCursor.Write(_scope.Name, filter, cursor ?? "")}", OneOffKind.Runs),
        answer => _oneOffRequests.ListRuns(filter, cursor, pageSize, answer),
        cancellationToken);

    /// <summary>
    /// Sends a request and waits for its answer. All who ask the same while it is on its way share it, also a caller that got no answer in time and repeats its
    /// call. The key must not be an execution's id, so it has a slash.
    /// </summary>
    private async Task<T> AskAsync<T>(
        OneOffKey key, Func<TaskCompletionSource<T>, Func<OneOffRequest, Task<OneOffOutcome>>> request, CancellationToken cancellationToken)
    {
        Task<T> shared;
        lock (_scope.Lock)
        {
            if (_gate.Reason is { } reason)
            {
                // A client is waiting for the answer, and the suspension may last for hours.
                throw Unavailable("connection_suspended", $"The connection is suspended: {reason}.");
            }

            shared = (Task<T>?)_oneOffs.Find(key)?.Answer ?? Ask();
        }

        _scope.Signal.Set();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _scope.Draining);
        try
        {
            return await shared.WaitAsync(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable("stopping", "The silo is stopping.");
        }

        Task<T> Ask()
        {
            var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            _oneOffs.Add(new(key, request(answer)) { Answer = answer.Task }, _scope.Clock.Now);
            return answer.Task;
        }
    }

    private static PlatformException Unavailable(string code, string message) => new(new(PlatformErrorKind.Transient, code, message));
}
