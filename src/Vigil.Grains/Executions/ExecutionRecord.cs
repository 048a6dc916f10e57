using System.Text.Json.Serialization;
using Vigil.Grains.Lifecycle;

namespace Vigil.Grains.Executions;

/// <summary>What an execution's grain stores: the state, and beside it, for one write only, what that write must change with it.</summary>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionRecord"), JsonConverter(typeof(ExecutionRecordConverter))]
internal sealed record ExecutionRecord : IStoredExecution
{
    /// <summary>Gets the state; null where nothing was accepted.</summary>
    [Id(0)] public ExecutionState? State { get; init; }

    /// <summary>Gets what the next write tells. It is not part of the stored state.</summary>
    [Id(1)] public ExecutionWrite? Write { get; init; }

    /// <summary>Gets what the execution's own row holds: long lists of steps have rows of their own.</summary>
    [JsonIgnore] public ExecutionState? Row => HasStepRows ? Stored with { Steps = [] } : State;

    private bool HasStepRows => State?.Steps.Length > LifecycleLimits.StepsInRow;

    private ExecutionState Stored => State ?? throw new InvalidOperationException("There is no state to write.");

    public ExecutionColumns GetColumns() => new()
    {
        Connection = Stored.Connection,
        Platform = Stored.Platform,
        TargetKind = Stored.Target?.Kind,
        TargetId = Stored.Target?.Id,
        Status = Stored.Status,
        Live = Stored.Live,
        PendingWork = Stored.PendingWork,
        Version = Stored.Version,
        RemoteId = Stored.RemoteId,
        Owner = Write?.Owner,
        AcceptedAt = Stored.AcceptedAt,
        ObservedAt = Stored.ObservedAt,
        EndedAt = Stored.EndedAt,
        DeadlineAt = Stored.DeadlineAt,
    };

    public NewEvent? GetEvent() => Write is not { EventType: { } type }
        ? null
        : new(
            type,
            Stored.Attempt,
            Stored.Version,
            Write.At,
            JsonSerializer.SerializeToUtf8Bytes(ExecutionView.Reported(Stored), VigilJson.Default.Execution),
            [.. Stored.Subscribers.Select(Delivery.GrainDestination.Of)]);

    public ImmutableArray<Payload> GetPayloads() =>
    [
        .. Write?.Input is { } input ? [new Payload(Payload.Input, input)] : ImmutableArray<Payload>.Empty,
        .. Write?.Output is { } output ? [new Payload(Payload.Output, output)] : ImmutableArray<Payload>.Empty,
    ];

    /// <summary>Returns the steps of a long list that this write changed; all of them where the list has just become long.</summary>
    public ImmutableArray<StepRow> GetSteps()
    {
        if (!HasStepRows)
        {
            return [];
        }

        var hadRows = Write?.StoredSteps > LifecycleLimits.StepsInRow;

        // What a later version of Vigil added to a step is known for the whole list alone.
        var whole = Stored.UnknownMembers is null ? null : JsonSerializer.SerializeToNode(Stored, StateJson.Default.ExecutionState!)!["steps"];
        return
        [
            .. Stored.Steps
                .Select((entry, place) => (entry, place))
                .Where(step => !hadRows || step.entry.Version == Stored.Version)
                .Select(step => new StepRow(step.place, whole is null
                    ? JsonSerializer.SerializeToUtf8Bytes(step.entry, StateJson.Known.StepEntry)
                    : Encoding.UTF8.GetBytes(whole[step.place]!.ToJsonString()))),
        ];
    }
}

/// <summary>What one write of an execution tells beside its state.</summary>
/// <param name="EventType">The event; null for none.</param>
/// <param name="At">When.</param>
/// <param name="Owner">The silo that writes, and so watches.</param>
/// <param name="Input">A body for the payload table.</param>
/// <param name="Output">Another.</param>
/// <param name="StoredSteps">How many steps were stored before.</param>
[GenerateSerializer, Immutable, Alias("vigil.ExecutionWrite")]
internal sealed record ExecutionWrite(
    [property: Id(0)] string? EventType,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] string Owner,
    [property: Id(3)] string? Input = null,
    [property: Id(4)] string? Output = null,
    [property: Id(5)] int StoredSteps = 0);
