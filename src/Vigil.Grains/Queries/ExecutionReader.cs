using System.Collections.Immutable;
using System.Text.Json;
using Vigil.Grains.Lifecycle;
using Vigil.Storage;

namespace Vigil.Grains.Queries;

/// <summary>
/// Answers questions from the store. What has ended and what never was is answered without activating a grain; whoever wants the freshest progress of
/// a live execution asks its grain.
/// </summary>
internal sealed class ExecutionReader(IVigilStore store, IGrainFactory grains, TimeProvider time)
{
    private const int CallsAtATime = 64;
    private static readonly TimeSpan MaxStepsWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StepsInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns what is stored of an execution, with its output where it has ended; null where there is none.</summary>
    public async Task<Execution?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        if (await store.ReadAsync(new(StateKind.Execution, id), cancellationToken) is not { } stored)
        {
            return null;
        }

        var execution = Read(stored);
        return execution.Terminal
            ? execution with { Output = await store.ReadPayloadAsync(id, Payload.Output, cancellationToken) }
            : execution;
    }

    /// <summary>Returns the execution that watches a remote run; null where none does.</summary>
    public async Task<Execution?> FindByRemoteIdAsync(string connection, string remoteId, CancellationToken cancellationToken = default) =>
        await store.FindByRemoteIdAsync(connection, remoteId, cancellationToken) is { } id ? await FindAsync(id, cancellationToken) : null;

    /// <summary>Returns one page of executions, without their outputs.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one of this list.</exception>
    public async Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        var page = await store.ListAsync(query, cancellationToken);
        return new([.. page.States.Select(Read)], page.NextCursor);
    }

    /// <summary>Returns an execution's steps, each whole, in the platform's order.</summary>
    /// <exception cref="ExecutionNotFoundException">There is no such execution.</exception>
    public async Task<ImmutableArray<Step>> ListStepsAsync(string id, CancellationToken cancellationToken = default)
    {
        var execution = await FindAsync(id, cancellationToken) ?? throw new ExecutionNotFoundException(id);
        var asked = time.GetTimestamp();

        // The end is told before the last steps have reached their grains, and that they have is no event: it is looked for, a moment at most.
        while (execution.Terminal && execution.PendingWork.HasFlag(PendingWork.Steps) && time.GetElapsedTime(asked) < MaxStepsWait)
        {
            await Task.Delay(StepsInterval, time, cancellationToken);
            execution = await FindAsync(id, cancellationToken) ?? throw new ExecutionNotFoundException(id);
        }

        return await StepsAsync(execution, cancellationToken);
    }

    private async Task<ImmutableArray<Step>> StepsAsync(Execution execution, CancellationToken cancellationToken)
    {
        var stored = (await store.ReadStepsAsync(execution.Id, cancellationToken))
            .Select(state => JsonSerializer.Deserialize(state.Json.Span, GrainStateJson.Default.StepRecord)?.Step)
            .OfType<Step>()
            .ToDictionary(step => step.Id, StringComparer.Ordinal);

        var steps = ImmutableArray.CreateBuilder<Step>(execution.Steps.Length);
        foreach (var batch in execution.Steps.Chunk(CallsAtATime))
        {
            steps.AddRange(await Task.WhenAll(batch.Select(summary => StepAsync(execution, summary, stored.GetValueOrDefault(summary.Id)))));
        }

        return steps.DrainToImmutable();
    }

    // An ended step is stored before it is acknowledged; of one at work the grain may know more than the store.
    private async Task<Step> StepAsync(Execution execution, StepSummary summary, Step? stored)
    {
        if (stored?.Status.IsTerminal() == true || execution.Terminal)
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

    private static Step StepOf(Execution execution, StepSummary summary) => new()
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

    private static Execution Read(StoredState stored) =>
        ExecutionView.Of(JsonSerializer.Deserialize(stored.Json.Span, GrainStateJson.Default.ExecutionRecord)?.State
            ?? throw new JsonException($"The row of execution '{stored.Id}' holds no state."));
}
