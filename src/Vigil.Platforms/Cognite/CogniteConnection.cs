namespace Vigil.Platforms.Cognite;

/// <summary>A project of Cognite Data Fusion.</summary>
internal sealed class CogniteConnection(ConnectionOptions connection, HttpClient http, TimeProvider time, IReadOnlyList<string> targetKinds)
    : IPlatformConnection
{
    private const int MaxPagesPerSearch = 20;
    private const int MaxReason = 500;

    // How far the platform's clock may be behind our estimate before the search for a start misses it.
    private static readonly TimeSpan ClockMargin = TimeSpan.FromHours(1);

    private readonly CogniteWire _wire = new(connection, http, time);

    public PlatformCapabilities Capabilities { get; } = new()
    {
        MaxActivePage = CogniteWire.MaxPageSize,
        Cancel = true,
        Retry = true,
        TerminatedMayBeCancelled = true,
        StartMarker = true,
        Steps = true,
    };

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) =>
        RunInput.Check(request, targetKinds, hasVersions: true, errors => StartLimits.Check(request, errors));

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        using var answer = await _wire.PostActingForUsAsync(
            "The start",
            $"workflows/{request.Target.Id}/versions/{request.Target.Version ?? ""}/run",
            writer => WriteStart(writer, request),
            cancellationToken);
        return WorkflowExecution.Short.ReadStarted(answer, answer.Json());
    }

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkflowExecution.Detailed.PollAsync(
                run, () => _wire.GetAsync("The status request", $"workflows/executions/{run.RemoteId}", cancellationToken));
        }
        catch (PlatformException e) when (e.Error is { StatusCode: 400, Kind: PlatformErrorKind.Final })
        {
            await _wire.ThrowUnlessAcceptedAsync(e, ProbeAsync, cancellationToken);
            return new PollAnswer.NotFound();
        }
    }

    public async Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken)
    {
        using var answer = await _wire.ListAsync(WriteActiveFilter, pageSize, cursor, cancellationToken);
        return new ActivePage(WorkflowExecution.Short.ReadActive(CogniteWire.ItemsOf(answer)), CogniteWire.NextOf(answer));
    }

    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        using var answer = await _wire.PostAsync(
            "The cancellation",
            $"workflows/executions/{run.RemoteId}/cancel",
            acts: true,
            writer =>
            {
                if (!string.IsNullOrWhiteSpace(reason))
                {
                    writer.WriteString("reason", reason.AsSpan(0, Math.Min(reason.Length, MaxReason)));
                }
            },
            cancellationToken);
    }

    public async Task RetryAsync(RemoteRun run, CancellationToken cancellationToken)
    {
        using var answer = await _wire.PostActingForUsAsync("The retry", $"workflows/executions/{run.RemoteId}/retry", _ => { }, cancellationToken);
    }

    public async Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        // The very first answer may show that the platform's clock differs from ours, so that the search began at the wrong time.
        var ahead = _wire.ClockAhead;
        var found = await SearchForStartAsync(request, cancellationToken);
        return found is null && _wire.ClockAhead != ahead ? await SearchForStartAsync(request, cancellationToken) : found;
    }

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var answer = await _wire.ListAsync(WriteActiveFilter, pageSize: 1, cursor: null, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _wire.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Submitted?> SearchForStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        // In the platform's time, and the same for every page.
        var createdFrom = request.FirstSentAt + _wire.ClockAhead - ClockMargin;
        string? cursor = null;
        for (var page = 0; page < MaxPagesPerSearch; page++)
        {
            using var answer = await _wire.ListAsync(writer => WriteStartFilter(writer, request.Target, createdFrom), CogniteWire.MaxPageSize, cursor, cancellationToken);
            foreach (var item in CogniteWire.ItemsOf(answer).Where(item => item["metadata"][RunInput.Marker].Text() == request.ExecutionId))
            {
                return WorkflowExecution.Short.ReadStarted(answer, item);
            }

            cursor = CogniteWire.NextOf(answer);
            if (cursor is null)
            {
                return null;
            }
        }

        // An incomplete search must not be mistaken for "not found": the start would be sent again.
        throw new PlatformException(new(PlatformErrorKind.Transient, "look_incomplete", $"The search for a start was given up after {MaxPagesPerSearch} pages."));
    }

    private static void WriteStart(Utf8JsonWriter writer, RunRequest request)
    {
        writer.WriteInput("input", request.Input);
        writer.WriteStartObject("metadata");
        foreach (var (key, value) in request.Metadata)
        {
            writer.WriteString(key, value);
        }

        writer.WriteString(RunInput.Marker, request.ExecutionId);
        writer.WriteEndObject();
    }

    private static void WriteActiveFilter(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("status");
        writer.WriteStringValue("RUNNING");
        writer.WriteEndArray();
    }

    private static void WriteStartFilter(Utf8JsonWriter writer, ExecutionTarget target, DateTimeOffset? createdFrom)
    {
        writer.WriteStartArray("workflowFilters");
        writer.WriteStartObject();
        writer.WriteString("externalId", target.Id);
        writer.WriteString("version", target.Version);
        writer.WriteEndObject();
        writer.WriteEndArray();
        if (createdFrom is { } from)
        {
            writer.WriteNumber("createdTimeStart", from.ToUnixTimeMilliseconds());
        }
    }
}
