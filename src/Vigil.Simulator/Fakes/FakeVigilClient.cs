namespace Vigil.Testing;

/// <summary>
/// A client for an app's own tests, without a cluster and without a platform. What is started runs until the test calls <see cref="End"/>, or ends at once as
/// <see cref="OnStart"/> says. Keys, unknown ids and commands to what has ended are treated as in a cluster.
/// </summary>
/// <param name="time">The clock; null for the system's.</param>
public sealed partial class FakeVigilClient(TimeProvider? time = null) : IVigilClient
{
    private const string Platform = "fake";

    private readonly Lock _sync = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Dictionary<string, (Execution Execution, string Request)> _executions = new(StringComparer.Ordinal);
    private ImmutableList<StartExecution> _started = [];
    private ImmutableList<ExecutionEvent> _events = [];
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Gets or sets how what is started ends; if it returns null, the execution runs.</summary>
    public Func<StartExecution, FakeEnd?> OnStart { get; set; } = _ => null;

    /// <summary>Gets what was started, in that order. A start that is repeated with its key is listed once.</summary>
    public IReadOnlyList<StartExecution> Started => _started;

    /// <summary>Ends an execution and completes all waits for it.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="ExecutionFinishedException">It has already ended.</exception>
    public Execution End(string id, FakeEnd end)
    {
        ArgumentNullException.ThrowIfNull(end);
        return Change(id, execution => execution.Terminal
            ? throw new ExecutionFinishedException(id, execution.Status)
            : execution with { Status = end.Status, Output = end.Output, Failure = end.Failure, EndedAt = _time.GetUtcNow() });
    }

    /// <summary>Changes an execution, for example its progress or its steps; whoever watches it sees the next version.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="change">Returns the execution as it is from now on.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public Execution Change(string id, Func<Execution, Execution> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        lock (_sync)
        {
            var (execution, request) = Find(id);
            return Keep(change(execution) with { Version = execution.Version + 1 }, request, execution.Attempt);
        }
    }

    /// <inheritdoc />
    public Task<ExecutionHandle> StartAsync(StartExecution request, string? key = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestLimits.ThrowIfAny([.. key is null ? [] : RequestLimits.CheckId("key", key), .. RequestLimits.Check(request)]);
        var execution = New(key ?? Guid.NewGuid().ToString(), request.Connection, request.Target, request.Deadline) with { Metadata = request.Metadata };
        if (TryAccept(execution, JsonSerializer.Serialize(request)))
        {
            ImmutableInterlocked.Update(ref _started, (started, added) => started.Add(added), request);
            if (OnStart(request) is { } end)
            {
                End(execution.Id, end);
            }
        }

        return HandleOf(execution.Id);
    }

    /// <inheritdoc />
    public Task<ExecutionHandle> AdoptAsync(AdoptExecution request, string? key = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequestLimits.ThrowIfAny([.. key is null ? [] : RequestLimits.CheckId("key", key), .. RequestLimits.Check(request)]);
        var execution = New(key ?? request.RemoteId, request.Connection, request.Target, request.Deadline) with { Metadata = request.Metadata };
        TryAccept(execution with { RemoteId = request.RemoteId }, JsonSerializer.Serialize(request));
        return HandleOf(execution.Id);
    }

    /// <inheritdoc />
    public Task<Execution> GetAsync(string id, CancellationToken cancellationToken = default) => Task.FromResult(Read(id).Execution);

    /// <inheritdoc />
    public async Task<Execution> WaitAsync(string id, TimeSpan timeout, long? sinceVersion = null, CancellationToken cancellationToken = default)
    {
        for (var end = _time.GetUtcNow() + timeout; ;)
        {
            var (execution, _, changed) = Read(id);
            var left = end - _time.GetUtcNow();
            if (execution.Terminal || left <= TimeSpan.Zero || (sinceVersion is { } version && version != execution.Version))
            {
                return execution;
            }

            await Task.WhenAny(changed, Task.Delay(left, _time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private Task<ExecutionHandle> HandleOf(string id) => Task.FromResult(new ExecutionHandle(this, id, Read(id).Execution, _time));

    private Execution New(string id, string connection, ExecutionTarget? target, TimeSpan deadline) => new()
    {
        Id = id,
        Connection = connection,
        Platform = Platform,
        Target = target,
        Status = ExecutionStatus.Running,
        Version = 1,
        AcceptedAt = _time.GetUtcNow(),
        DeadlineAt = _time.GetUtcNow() + deadline,
    };

    private bool TryAccept(Execution execution, string request)
    {
        lock (_sync)
        {
            if (!_executions.TryGetValue(execution.Id, out var kept))
            {
                Keep(execution, request, execution.Attempt);
                return true;
            }

            return kept.Request == request
                ? false
                : throw new ExecutionConflictException(execution.Id, "key_reused", $"The key '{execution.Id}' was used before, for a different request.");
        }
    }

    // Callers hold the lock. Those who wait go on elsewhere, after it is released.
    private Execution Keep(Execution execution, string request, int attemptBefore)
    {
        _executions[execution.Id] = (execution, request);
        _events = _events.Add(new()
        {
            Id = $"{execution.Id}/{execution.Version}",
            Seq = _events.Count + 1,
            Type = execution switch
            {
                { Version: 1 } => ExecutionEventTypes.Accepted,
                { Terminal: true } => ExecutionEventTypes.Ended,
                { Status: ExecutionStatus.AwaitingInput } => ExecutionEventTypes.AwaitingInput,
                _ => execution.Attempt > attemptBefore ? ExecutionEventTypes.Reopened : ExecutionEventTypes.Updated,
            },
            At = _time.GetUtcNow(),
            Execution = execution,
        });
        _changed.SetResult();
        _changed = NewSignal();
        return execution;
    }

    private (Execution Execution, ImmutableList<ExecutionEvent> Events, Task Changed) Read(string id)
    {
        lock (_sync)
        {
            return (Find(id).Execution, _events, _changed.Task);
        }
    }

    private (Execution Execution, string Request) Find(string id) => _executions.TryGetValue(id, out var kept) ? kept : throw new ExecutionNotFoundException(id);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
