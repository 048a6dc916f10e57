using System.Runtime.CompilerServices;

namespace Vigil.Testing;

/// <summary>Events, lists, steps, files, commands and connections.</summary>
public sealed partial class FakeVigilClient
{
    private readonly ConcurrentDictionary<string, ImmutableArray<Step>> _steps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Id, string FileId), ReadOnlyMemory<byte>> _files = new();
    private readonly ConcurrentDictionary<string, ConnectionStatus> _connections = new(StringComparer.Ordinal);

    /// <summary>Sets the steps of an execution, in full; its summary of them is set with <see cref="Change"/>.</summary>
    public void SetSteps(string id, params ImmutableArray<Step> steps) => _steps[id] = steps;

    /// <summary>Sets the content of a file that one of the steps names.</summary>
    public void SetContent(string id, string fileId, ReadOnlyMemory<byte> content) => _files[(id, fileId)] = content;

    /// <summary>Adds a connection to those that are listed. Executions can be started on any.</summary>
    public void AddConnection(ConnectionStatus connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connections[connection.Name] = connection;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ExecutionEvent> ObserveAsync(
        string id, long afterVersion = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var position = afterVersion; ;)
        {
            var (execution, events, changed) = Read(id);
            foreach (var next in events.Where(next => next.Execution.Id == id && next.Version > position))
            {
                yield return next;
            }

            if (execution.Terminal)
            {
                yield break;
            }

            position = execution.Version;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ExecutionEvent> ObserveAsync(
        EventFilter filter, long? afterSeq = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        RequestLimits.ThrowIfAny(RequestLimits.Check(filter));
        for (var position = afterSeq ?? _events.Count; ;)
        {
            Task changed;
            ImmutableList<ExecutionEvent> events;
            lock (_sync)
            {
                (changed, events) = (_changed.Task, _events);
            }

            foreach (var next in events.Where(next => next.Seq > position && filter.Matches(next.Type, next.Execution.Status, next.Execution.Connection, next.Execution.Platform, next.Execution.Target)))
            {
                yield return next;
            }

            position = events.Count;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc />
    public Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        lock (_sync)
        {
            var found = _executions.Values.Select(kept => kept.Execution).Where(execution =>
                (query.Statuses.IsDefaultOrEmpty || query.Statuses.Contains(execution.Status))
                && (query.Connection is null || query.Connection == execution.Connection)
                && (query.TargetId is null || query.TargetId == execution.Target?.Id)
                && (query.Attention is null || query.Attention == execution.Attention is not null)
                && (query.OrderBy == ExecutionOrder.AcceptedAt || execution.EndedAt is not null));
            var ordered = found.OrderBy(execution => query.OrderBy == ExecutionOrder.AcceptedAt ? execution.AcceptedAt : execution.EndedAt);
            Execution[] all = [.. (query.Ascending ? ordered : ordered.Reverse()).Select(execution => execution with { Output = null })];
            var first = query.Cursor is { } cursor ? int.Parse(cursor, CultureInfo.InvariantCulture) : ((query.Page ?? 1) - 1) * query.PageSize;
            var next = first + query.PageSize;
            return Task.FromResult(new ExecutionList([.. all.Skip(first).Take(query.PageSize)], next < all.Length ? next.ToString(CultureInfo.InvariantCulture) : null));
        }
    }

    /// <inheritdoc />
    public Task<StepList> ListStepsAsync(
        string id, int pageSize = StepList.DefaultPageSize, string? cursor = null, CancellationToken cancellationToken = default)
    {
        var steps = _steps.GetValueOrDefault(Read(id).Execution.Id, []);
        return Task.FromResult(new StepList(steps, NextCursor: null, steps.Length, StepsTruncated: false));
    }

    /// <inheritdoc />
    public Task<OpenFile> OpenFileAsync(string id, string fileId, string? range = null, CancellationToken cancellationToken = default)
    {
        var file = _steps.GetValueOrDefault(Read(id).Execution.Id, []).SelectMany(step => step.Files).FirstOrDefault(file => file.Id == fileId);
        return file is not null && _files.TryGetValue((id, fileId), out var content)
            ? Task.FromResult(new OpenFile(new(file, null, content.Length, null), _ => new[] { content }.ToAsyncEnumerable(), () => ValueTask.CompletedTask))
            : throw new ExecutionFileNotFoundException(id, fileId);
    }

    /// <inheritdoc />
    public Task<Execution> CancelAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        EndOnceAsync(id, FakeEnd.With(ExecutionStatus.Cancelled, reason));

    /// <inheritdoc />
    public Task<Execution> AbandonAsync(string id, string? reason = null, CancellationToken cancellationToken = default) =>
        EndOnceAsync(id, FakeEnd.With(ExecutionStatus.Abandoned, "abandoned", reason));

    /// <inheritdoc />
    public Task<Execution> RetryAsync(string id, CancellationToken cancellationToken = default) => Task.FromResult(Change(id, execution => execution switch
    {
        { Terminal: false } => throw new ExecutionConflictException(id, "not_finished", $"Execution '{id}' has not ended."),
        { Status: ExecutionStatus.Succeeded } => throw new ExecutionConflictException(id, "not_retryable", $"Execution '{id}' ended as {execution.Status}."),
        _ => execution with { Status = ExecutionStatus.Running, Attempt = execution.Attempt + 1, Failure = null, Output = null, EndedAt = null },
    }));

    /// <inheritdoc />
    public Task<Execution> NudgeAsync(string id, CancellationToken cancellationToken = default) => GetAsync(id, cancellationToken);

    /// <inheritdoc />
    public Task<ImmutableArray<ConnectionStatus>> ListConnectionsAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<ImmutableArray<ConnectionStatus>>([.. _connections.Values.OrderBy(connection => connection.Name, StringComparer.Ordinal)]);

    /// <inheritdoc />
    public Task<ConnectionStatus> PauseConnectionAsync(string name, CancellationToken cancellationToken = default) => SetStateAsync(name, "suspended", "paused");

    /// <inheritdoc />
    public Task<ConnectionStatus> ResumeConnectionAsync(string name, CancellationToken cancellationToken = default) => SetStateAsync(name, "active", reason: null);

    private Task<Execution> EndOnceAsync(string id, FakeEnd end)
    {
        var execution = Read(id).Execution;
        return Task.FromResult(execution.Status == end.Status ? execution : End(id, end));
    }

    private Task<ConnectionStatus> SetStateAsync(string name, string state, string? reason) => Task.FromResult(_connections.AddOrUpdate(
        name,
        _ => throw new ConnectionNotFoundException(name),
        (_, connection) => connection with { State = state, Reason = reason, Since = reason is null ? null : _time.GetUtcNow() }));
}
