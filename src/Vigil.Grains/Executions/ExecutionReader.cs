using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Vigil.Grains.Delivery;
using Vigil.Grains.Lifecycle;
using Vigil.Grains.Polling;
using Vigil.Grains.Recovery;
using Vigil.Storage;

namespace Vigil.Grains;

/// <summary>
/// Answers questions from the store. What has ended and what never was is answered without activating a grain; whoever wants the freshest progress of
/// a live execution asks its grain.
/// </summary>
internal sealed class ExecutionReader(IVigilStore store, ISiloPoller poller, IGrainFactory grains)
{
    private const int CallsAtATime = 64;

    /// <summary>Returns what is stored of an execution, with its output where it has ended; null where there is none.</summary>
    public async Task<Execution?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await ReadStateAsync(id, cancellationToken) is not { } state)
        {
            return null;
        }

        var execution = ExecutionView.Of(state);
        return execution.Terminal
            ? execution with { Output = await store.ReadPayloadAsync(id, Payload.Output, cancellationToken) }
            : execution;
    }

    /// <summary>Returns the execution that watches a remote run; null where none does.</summary>
    public async Task<Execution?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) =>
        await store.FindByRemoteIdAsync(connection, remoteId, cancellationToken) is { } id ? await FindAsync(id, cancellationToken) : null;

    /// <summary>Returns one page of executions, without their outputs.</summary>
    /// <exception cref="InvalidCursorException">The cursor is none of this list.</exception>
    public async Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        var page = await store.ListAsync(query, cancellationToken);
        return new([.. page.States.Select(stored => ExecutionView.Of(Read(stored)))], page.NextCursor);
    }

    /// <summary>Returns one page of an execution's steps; null where there is no such execution.</summary>
    /// <param name="id">The execution's id.</param>
    /// <param name="pageSize">How many at most, from 1 to <see cref="StepList.MaxPageSize"/>.</param>
    /// <param name="cursor">Where the page begins, as an earlier page gave it; null for the first.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="InvalidCursorException">The cursor is not one of these steps.</exception>
    public async Task<StepList?> StepsAsync(
        string id, int pageSize = StepList.DefaultPageSize, string? cursor = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, StepList.MaxPageSize);
        var first = PlaceOf(cursor, id);
        if (await ReadStateAsync(id, cancellationToken) is not { } state)
        {
            return null;
        }

        var page = state.Steps.Skip(first).Take(pageSize).ToArray();
        var stored = (await store.ReadStepsAsync([.. page.Select(entry => StepKey.Of(id, entry.Summary.Id).Value)], cancellationToken))
            .Select(row => JsonSerializer.Deserialize(row.Json.Span, GrainStateJson.Default.StepRecord)?.Step)
            .OfType<Step>()
            .ToDictionary(step => step.Id, StringComparer.Ordinal);

        var steps = ImmutableArray.CreateBuilder<Step>(page.Length);
        foreach (var batch in page.Chunk(CallsAtATime))
        {
            steps.AddRange(await Task.WhenAll(batch.Select(entry => StepAsync(state, entry, stored.GetValueOrDefault(entry.Summary.Id)))));
        }

        var next = first + page.Length < state.Steps.Length ? CursorOf(first + page.Length, id) : null;
        return new(steps.DrainToImmutable(), next, state.StepsTotal, StepsTruncated: state.Steps.Length < state.StepsTotal);
    }

    /// <summary>Asks a platform once about a run that nobody watches yet; null where the platform does not know it.</summary>
    /// <exception cref="Platforms.PlatformException">The platform gave no usable answer.</exception>
    public Task<Observation?> LookAsync(string connection, string remoteId, ExecutionTarget? target, CancellationToken cancellationToken) =>
        poller.LookAsync(connection, remoteId, target, cancellationToken);

    /// <summary>Reads an event as it was stored.</summary>
    public static ExecutionEvent Read(StoredEvent stored) => SubscriberCalls.EventOf(stored);

    // Steps keep their places, so a cursor stays right while the run goes on. It is valid for its own execution alone.
    private static string CursorOf(int place, string id) => string.Create(CultureInfo.InvariantCulture, $"{IdHash.Of(id):x16}-{place}");

    private static int PlaceOf(string? cursor, string id) =>
        cursor is null ? 0
        : int.TryParse(cursor.AsSpan(cursor.IndexOf('-', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place)
            && cursor == CursorOf(place, id) ? place
        : throw new InvalidCursorException(cursor);

    // An ended step is stored before it is acknowledged; of one at work the grain may know more than the store.
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
            // Not told yet, or moving between silos: the summary is true, if short.
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

    private async Task<ExecutionState?> ReadStateAsync(string id, CancellationToken cancellationToken) =>
        await store.ReadAsync(new(StateKind.Execution, id), cancellationToken) is { } stored ? Read(stored) : null;

    private static ExecutionState Read(StoredState stored) =>
        JsonSerializer.Deserialize(stored.Json.Span, GrainStateJson.Default.ExecutionRecord)?.State
            ?? throw new JsonException($"The row of execution '{stored.Id}' holds no state.");
}
