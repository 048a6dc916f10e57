using Vigil.Grains.Recovery;

namespace Vigil.Grains.Queries;

/// <summary>
/// Reads executions from the store without activating their grains. A caller that needs the latest progress of a live execution must ask its grain.
/// </summary>
internal sealed class ExecutionReader(IVigilStore store, IGrainFactory grains, TimeProvider time)
{
    private const int MaxConcurrentCalls = 64;
    private static readonly TimeSpan MaxStepsWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StepsInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns the stored execution, with its output if it has ended; null if it does not exist.</summary>
    public async Task<Execution?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await ReadStateAsync(id, cancellationToken) is not { } state)
        {
            return null;
        }

        var execution = ExecutionView.Of(state);
        if (!execution.Terminal)
        {
            return execution;
        }

        var kept = await store.ReadPayloadsAsync(id, [Payload.Output, Payload.Details], cancellationToken);
        var output = HasOutput(state) ? kept.GetValueOrDefault(Payload.Output) : null;
        return execution with
        {
            Output = output,
            OutputBytes = execution.OutputBytes ?? Truncation.BytesOf(output),
            Details = WasSeen(state) ? kept.GetValueOrDefault(Payload.Details) : null,
        };
    }

    /// <summary>Returns an execution's state as stored; null if it does not exist.</summary>
    public async Task<ExecutionState?> ReadStateAsync(string id, CancellationToken cancellationToken = default) =>
        await store.ReadAsync(new(StateKind.Execution, id), cancellationToken) is { } stored ? Read(stored) : null;

    /// <summary>Returns the whole output of an execution that has ended; null if it has not ended or has none.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<KeptAnswer?> ReadOutputAsync(string id, CancellationToken cancellationToken = default)
    {
        var state = await ReadStateAsync(id, cancellationToken) ?? throw new ExecutionNotFoundException(id);
        return state.Status.IsTerminal() && HasOutput(state) && await store.ReadPayloadAsync(id, Payload.Output, cancellationToken) is { } output
            ? Kept(output, state.OutputTruncated)
            : null;
    }

    /// <summary>Returns the platform's last answer about an execution that has ended as the platform reported; null if it has not, or if none was kept.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<KeptAnswer?> ReadRawAsync(string id, CancellationToken cancellationToken = default)
    {
        var state = await ReadStateAsync(id, cancellationToken) ?? throw new ExecutionNotFoundException(id);

        // An answer is an object, unless it was cut.
        return WasSeen(state) && await store.ReadPayloadAsync(id, Payload.Raw, cancellationToken) is { } raw ? Kept(raw, raw.StartsWith('"')) : null;
    }

    /// <summary>Returns the execution that watches a remote run; null if there is none.</summary>
    public async Task<Execution?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) =>
        await store.FindByRemoteIdAsync(connection, remoteId, cancellationToken) is { } id ? await FindAsync(id, cancellationToken) : null;

    /// <summary>Returns one page of executions, without their outputs.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not valid for this list.</exception>
    public async Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        var page = await store.ListAsync(query, cancellationToken);
        return new([.. page.States.Select(stored => ExecutionView.Of(Read(stored)))], page.NextCursor);
    }

    /// <summary>
    /// Returns one page of an execution's steps, complete and in the platform's order. If the execution has ended but its last steps have not reached their
    /// grains yet, waits for them for up to 5 seconds.
    /// </summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="pageSize">The maximum number of steps, from 1 to <see cref="StepList.MaxPageSize"/>.</param>
    /// <param name="cursor">The cursor from the previous page; null for the first page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    /// <exception cref="InvalidCursorException">The cursor is not valid for these steps.</exception>
    public async Task<StepList> ListStepsAsync(
        string id, int pageSize = StepList.DefaultPageSize, string? cursor = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, StepList.MaxPageSize);
        var first = IndexOf(cursor, id);
        var state = await ReadReportedAsync(id, cancellationToken);
        var page = state.Steps.Skip(first).Take(pageSize).ToArray();
        var stored = (await store.ReadStepsAsync([.. page.Select(entry => StepKey.Of(id, entry.Summary.Id).Value)], cancellationToken))
            .Select(row => JsonSerializer.Deserialize(row.Json.Span, StateJson.Default.StepRecord)?.Step)
            .OfType<Step>()
            .ToDictionary(step => step.Id, StringComparer.Ordinal);

        var steps = ImmutableArray.CreateBuilder<Step>(page.Length);
        foreach (var batch in page.Chunk(MaxConcurrentCalls))
        {
            steps.AddRange(await Task.WhenAll(batch.Select(entry => StepAsync(state, entry, stored.GetValueOrDefault(entry.Summary.Id)))));
        }

        var next = first + page.Length < state.Steps.Length ? CursorOf(first + page.Length, id) : null;
        return new(steps.DrainToImmutable(), next, state.StepsTotal, StepsTruncated: state.Steps.Length < state.StepsTotal);
    }

    /// <summary>Returns a file of an execution; null if it has no file with that id.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<ExecutionFile?> FindFileAsync(string id, string fileId, CancellationToken cancellationToken = default)
    {
        string? cursor = null;
        do
        {
            var page = await ListStepsAsync(id, StepList.MaxPageSize, cursor, cancellationToken);
            if (page.Items.SelectMany(step => step.Files).FirstOrDefault(file => file.Id == fileId) is { } file)
            {
                return file;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);

        return null;
    }

    // Steps keep their index, so a cursor stays valid while the run continues. It is bound to its execution.
    private static string CursorOf(int index, string id) => string.Create(CultureInfo.InvariantCulture, $"{IdHash.Of(id):x16}-{index}");

    private static int IndexOf(string? cursor, string id) =>
        cursor is null ? 0
        : int.TryParse(cursor.AsSpan(cursor.IndexOf('-', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && cursor == CursorOf(index, id) ? index
        : throw new InvalidCursorException(cursor);

    // An ended step is stored before it is acknowledged; for a running one, the grain may be ahead of the store.
    private async Task<Step> StepAsync(ExecutionState execution, StepEntry entry, Step? stored)
    {
        var summary = entry.Summary;
        if (stored?.Version >= entry.Version || execution.Status.IsTerminal())
        {
            return stored ?? StepOf(execution, summary);
        }

        try
        {
            return await grains.GetGrain<IStepGrain>(StepKey.Of(execution.Id, summary.Id).Value).GetAsync();
        }
        catch (Exception e) when (e is ExecutionNotFoundException or OrleansException or TimeoutException)
        {
            // Not reported yet, or moving between silos: the summary is correct but incomplete.
            return stored ?? StepOf(execution, summary);
        }
    }

    private static Step StepOf(ExecutionState execution, StepSummary summary) => new()
    {
        ExecutionId = execution.Id,
        Id = summary.Id,
        Name = summary.Name,
        Kind = summary.Kind,
        Status = summary.Status,
        RawStatus = summary.RawStatus,
        Failure = summary.FailureReason is { } reason ? new(reason) : null,
        Attempt = execution.Attempt,
    };

    // An execution ends before its last steps have reached their grains, and no event signals that they have, so the state is polled briefly.
    private async Task<ExecutionState> ReadReportedAsync(string id, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        while (true)
        {
            var state = await ReadStateAsync(id, cancellationToken) ?? throw new ExecutionNotFoundException(id);
            if (!state.Status.IsTerminal() || !state.PendingWork.HasFlag(PendingWork.Steps) || time.GetElapsedTime(startedAt) >= MaxStepsWait)
            {
                return state;
            }

            await Task.Delay(StepsInterval, time, cancellationToken);
        }
    }

    // What was cut is kept as a JSON string of its beginning.
    private static KeptAnswer Kept(string text, bool truncated) => new(truncated ? JsonElement.Parse(text).GetString()! : text, truncated);

    // Otherwise the output that is kept belongs to an earlier attempt.
    private static bool HasOutput(ExecutionState state) => state.OutputBytes is not 0;

    // Otherwise what is kept of an answer belongs to an earlier attempt.
    private static bool WasSeen(ExecutionState state) =>
        state.Status.IsTerminal() && !state.Status.IsConcludedByVigil() && state.Status is not ExecutionStatus.Rejected;

    private static ExecutionState Read(StoredState stored) =>
        JsonSerializer.Deserialize(stored.Json.Span, StateJson.Default.ExecutionState)
            ?? throw new JsonException($"The row of execution '{stored.Id}' has no state.");
}
