namespace Vigil.Platforms.Cognite;

internal sealed class CogniteConnection(ConnectionOptions connection, HttpClient http, TimeProvider time, IReadOnlyList<string> targetKinds)
    : IPlatformConnection
{
    private const int MaxPagesPerSearch = 20;
    private const int MaxReason = 500;

    // The search for a start begins this much earlier, in case the platform's clock is behind our estimate.
    private static readonly TimeSpan ClockMargin = TimeSpan.FromHours(1);

    private readonly CogniteWire _wire = new(connection, http, time);

    public PlatformCapabilities Capabilities { get; } = new()
    {
        MaxActivePage = CogniteWire.MaxPageSize,
        Cancel = true,
        Retry = true,
        TerminatedMayBeCancelled = true,
        StartMarker = true,
        ProbeFindsSomething = true,
        Steps = true,
    };

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) =>
        RunInput.Check(request, targetKinds, hasVersions: true, StartLimits.Options, errors => StartLimits.Check(request, errors));

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        using var response = await _wire.PostWithNonceAsync(
            PlatformRequest.Start,
            $"workflows/{request.Target.Id}/versions/{request.Target.Version ?? ""}/run",
            writer => WriteStart(writer, request),
            cancellationToken);
        return WorkflowExecution.Short.ReadStarted(response, response.Json());
    }

    public Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) => WorkflowExecution.Detailed.PollAsync(
        run,
        () => _wire.GetAsync("The status request", $"workflows/executions/{run.RemoteId}", cancellationToken),
        () => _wire.AcceptsAsync(ProbeAsync, cancellationToken));

    public async Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken)
    {
        using var response = await _wire.ListAsync(WriteActiveFilter, pageSize, cursor, cancellationToken);
        return new ActivePage(WorkflowExecution.Short.ReadActive(response.List("items")), CogniteWire.NextOf(response));
    }

    public ImmutableArray<FieldError> Check(RunFilter filter) => WorkflowRuns.Check(filter);

    public Task<RunPage> ListRunsAsync(RunFilter filter, string? cursor, int pageSize, CancellationToken cancellationToken) => filter.Trigger is { } trigger
        ? ReadHistoryAsync(trigger, cursor, Math.Clamp(pageSize, 1, CogniteWire.MaxPageSize), cancellationToken)
        : ReadRunsAsync(filter, cursor, pageSize, cancellationToken);

    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        using var response = await _wire.PostAsync(
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
        using var response = await _wire.PostWithNonceAsync("The retry", $"workflows/executions/{run.RemoteId}/retry", _ => { }, cancellationToken);
    }

    public async Task<Submitted?> FindStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        // If this is the first response, it may reveal a clock difference that made the search begin at the wrong time.
        var ahead = _wire.ClockAhead;
        var found = await SearchForStartAsync(request, cancellationToken);
        return found is null && _wire.ClockAhead != ahead ? await SearchForStartAsync(request, cancellationToken) : found;
    }

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var response = await _wire.ListAsync(WriteActiveFilter, pageSize: 1, cursor: null, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _wire.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RunPage> ReadRunsAsync(RunFilter filter, string? cursor, int pageSize, CancellationToken cancellationToken)
    {
        // Every page must repeat the filter of the first, so the cursor keeps the clock difference by which its times were converted.
        var parts = cursor?.Split(':', 2);
        var ahead = parts is [var kept, _] ? TimeSpan.FromMilliseconds(long.Parse(kept, CultureInfo.InvariantCulture)) : _wire.ClockAhead;
        using var response = await _wire.ListAsync(writer => WorkflowRuns.WriteFilter(writer, filter, ahead), pageSize, parts?[1], cancellationToken);
        var next = CogniteWire.NextOf(response);
        return new(
            WorkflowRuns.ReadList(response.List("items")),
            next is null ? null : string.Create(CultureInfo.InvariantCulture, $"{(long)ahead.TotalMilliseconds}:{next}"));
    }

    private async Task<RunPage> ReadHistoryAsync(string trigger, string? cursor, int pageSize, CancellationToken cancellationToken)
    {
        FormattableString first = $"workflows/triggers/{trigger}/history?limit={pageSize}";
        FormattableString next = $"workflows/triggers/{trigger}/history?limit={pageSize}&cursor={cursor}";
        using var response = await _wire.GetAsync("The history request", cursor is null ? first : next, cancellationToken);
        return new(WorkflowRuns.ReadHistory(response.List("items")), CogniteWire.NextOf(response));
    }

    private async Task<Submitted?> SearchForStartAsync(RunRequest request, CancellationToken cancellationToken)
    {
        // In the platform's time, and the same for every page.
        var createdFrom = request.FirstSentAt + _wire.ClockAhead - ClockMargin;
        string? cursor = null;
        for (var page = 0; page < MaxPagesPerSearch; page++)
        {
            using var response = await _wire.ListAsync(writer => WriteStartFilter(writer, request.Target, createdFrom), CogniteWire.MaxPageSize, cursor, cancellationToken);
            foreach (var item in response.List("items").Where(item => item["metadata"][RunInput.Marker].Text() == request.ExecutionId))
            {
                return WorkflowExecution.Short.ReadStarted(response, item);
            }

            var next = CogniteWire.NextOf(response);
            if (next is null)
            {
                return null;
            }

            if (next == cursor)
            {
                // The list repeats itself, so its other pages cannot be read.
                break;
            }

            cursor = next;
        }

        // An incomplete search must not be reported as "not found", because the start would then be sent again.
        throw new PlatformException(new(PlatformErrorKind.Transient, "look_incomplete", $"The list of runs repeats itself or has more than {MaxPagesPerSearch} pages, so the search for the start is incomplete."));
    }

    private static void WriteStart(Utf8JsonWriter writer, RunRequest request)
    {
        writer.WriteInput("input", request.Input);
        writer.WriteStartObject("metadata");
        foreach (var (key, value) in StartLimits.MetadataOf(request.Metadata, request.Options))
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
