using System.Collections.Immutable;
using System.Text.Json;
using Vigil.Grains.Delivery;
using Vigil.Grains.Lifecycle;
using Vigil.Grains.Polling;
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
    /// <exception cref="InvalidCursorException">The cursor is none of this list.</exception>
    public async Task<ExecutionList> ListAsync(ExecutionQuery query, CancellationToken cancellationToken = default)
    {
        var page = await store.ListAsync(query, cancellationToken);
        return new([.. page.States.Select(Read)], page.NextCursor);
    }

    /// <summary>Returns an execution's steps, each whole, in the platform's order.</summary>
    public async Task<ImmutableArray<Step>> StepsAsync(Execution execution, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(execution);
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

    /// <summary>Asks a platform once about a run that nobody watches yet; null where the platform does not know it.</summary>
    /// <exception cref="Platforms.PlatformException">The platform gave no usable answer.</exception>
    public Task<Observation?> LookAsync(string connection, string remoteId, ExecutionTarget? target, CancellationToken cancellationToken) =>
        poller.LookAsync(connection, remoteId, target, cancellationToken);

    /// <summary>Reads an event as it was stored.</summary>
    public static ExecutionEvent Read(StoredEvent stored) => SubscriberCalls.EventOf(stored);

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
