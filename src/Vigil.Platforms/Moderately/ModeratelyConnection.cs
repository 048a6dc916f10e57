namespace Vigil.Platforms.Moderately;

/// <summary>A team's account on Moderately AI.</summary>
internal sealed partial class ModeratelyConnection : IPlatformConnection
{
    private const int MaxPageSize = 100;

    // Proxies commonly refuse a longer one.
    private const int MaxAddress = 8_000;

    // The path may appear with an update of the platform, or a proxy may have hidden it.
    private static readonly TimeSpan CancelRefusalDuration = TimeSpan.FromMinutes(10);

    private static readonly Uri PublicAddress = new("https://api.moderately.ai/");

    private readonly IModeratelyDialect _dialect;
    private readonly Uri _base;
    private readonly string _team;
    private readonly TimeProvider _time;
    private readonly PlatformHttp _http;
    private readonly PipelineOutputs _outputs;
    private readonly PlatformCapabilities _capabilities;
    private readonly PlatformCapabilities _withoutCancel;
    private long _cancelRefusedUntil;
    private volatile bool _usesPipelines;

    public ModeratelyConnection(ConnectionOptions connection, HttpClient http, TimeProvider time, IModeratelyDialect dialect)
    {
        _dialect = dialect;
        _base = connection.BaseAddress ?? PublicAddress;
        _team = connection.Settings[ModeratelyPlatform.TeamSetting];
        _time = time;
        _http = new(connection, http, time, new PlatformDialect(PlatformDialect.Bearer, ReadError) { IsOwn = IsOwnError });
        _outputs = new(connection, http, time, (run, token) => _http.GetAsync(
            "The output request", RemotePath.Build(_base, $"pipeline-executions/{run}/output?teamIds={_team}"), token));
        _withoutCancel = new()
        {
            MaxRunsPerPoll = dialect.MaxRunsPerPoll,
            MaxActivePage = MaxPageSize,
            CancelKinds = [ExecutionKind.Pipeline.Target],
            ProbeFindsSomething = true,
            Steps = true,
            Files = true,
        };
        _capabilities = _withoutCancel with { Cancel = true };
    }

    /// <summary>
    /// Gets the capabilities. Cancelling an agent execution is assumed to be supported until a request shows that the path does not exist: the platform's
    /// client has the call, but its API description does not. What one request has shown is forgotten after ten minutes.
    /// </summary>
    public PlatformCapabilities Capabilities => _time.GetUtcNow().UtcTicks < Volatile.Read(ref _cancelRefusedUntil) ? _withoutCancel : _capabilities;

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input)
    {
        Action<StartExecution, ICollection<FieldError>> check = ExecutionKind.Of(request.Target) == ExecutionKind.Pipeline ? PipelineRequests.Check : _dialect.Check;
        return RunInput.Check(request, ExecutionKind.Targets, hasVersions: false, _dialect.Options, errors => check(request, errors));
    }

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var kind = KindOf(request.Target);
        Action<Utf8JsonWriter, RunRequest> write = kind == ExecutionKind.Pipeline ? PipelineRequests.WriteStart : _dialect.WriteStart;
        var address = RemotePath.Build(_base, $"{kind.Path}?teamIds={_team}");
        using var response = await _http.ActAsync(PlatformRequest.Start, address, writer => write(writer, request), cancellationToken);
        return kind.Format.ReadStarted(response, response.Json());
    }

    /// <summary>Returns the kind of a run, since a list has runs of one kind. A run whose kind is not known is polled alone.</summary>
    public string BatchKey(RemoteRun run) => run.Target?.Kind ?? run.RemoteId;

    public async Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(runs.Count, _dialect.MaxRunsPerPoll);
        if (runs.Count == 1)
        {
            return [await GetStatusAsync(runs[0], cancellationToken)];
        }

        var address = RemotePath.Build(_base, PageOf(runs, out var kind));
        if (address.AbsoluteUri.Length > MaxAddress)
        {
            throw new PlatformException(new(PlatformErrorKind.BatchRefused, "address_too_long", "The status request has too many ids.", CertainlyNotActedOn: true));
        }

        try
        {
            using var response = await _http.GetAsync("The status request", address, cancellationToken);
            return StatusPage.Read(response, kind, runs, known.Span);
        }
        catch (PlatformException e)
        {
            throw new PlatformException(PlatformErrors.OfPoll(e.Error, runs.Count), e);
        }
    }

    public async Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) =>
        await GetStatusAsync(run, cancellationToken) is var answer && answer is PollAnswer.Seen { Snapshot.Partial: true } seen
            ? seen with { Snapshot = await _outputs.CompleteAsync(run.RemoteId, seen.Snapshot, cancellationToken) }
            : answer;

    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
        if (await IsPipelineAsync(run, cancellationToken))
        {
            await PipelineRequests.CancelAsync(_http, RemotePath.Build(_base, $"pipeline-executions/{run.RemoteId}/cancel?teamIds={_team}"), reason, cancellationToken);
            return;
        }

        if (!Capabilities.Cancel)
        {
            throw new NotSupportedException();
        }

        try
        {
            // The reason is not sent: the platform's client, from which the path is known, sends no body.
            var address = RemotePath.Build(_base, $"agent-executions/{run.RemoteId}/cancel?teamIds={_team}");
            using var response = await _http.ActAsync("The cancellation", address, writeMembers: null, cancellationToken);
        }
        catch (PlatformException e) when (e.Error is { StatusCode: 405 or 501 } or { StatusCode: 404, Kind: PlatformErrorKind.Final })
        {
            await CheckCancelSupportAsync(run, e, cancellationToken);
            throw;
        }
    }

    public Task<FileContent> OpenFileAsync(ExecutionFile file, RangeHeaderValue? range, CancellationToken cancellationToken) =>
        _outputs.OpenAsync(file, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<PollAnswer> GetStatusAsync(RemoteRun run, CancellationToken cancellationToken)
    {
        var answer = await GetStatusAsync(KindOf(run.Target), run, cancellationToken);
        if (run.Target is not null || answer is not PollAnswer.NotFound)
        {
            return answer;
        }

        // A run that was adopted without its target may be of either kind.
        var other = await GetStatusAsync(ExecutionKind.Pipeline, run, cancellationToken);
        _usesPipelines |= other is PollAnswer.Seen;
        return other;
    }

    private Task<PollAnswer> GetStatusAsync(ExecutionKind kind, RemoteRun run, CancellationToken cancellationToken) => kind.Format.PollAsync(
        run,
        () => _http.GetAsync("The status request", RemotePath.Build(_base, $"{kind.Path}/{run.RemoteId}?teamIds={_team}"), cancellationToken),
        () => _http.AcceptsAsync(ProbeAsync, cancellationToken));

    private FormattableString PageOf(IReadOnlyList<RemoteRun> runs, out ExecutionKind kind)
    {
        if (runs.FirstOrDefault(run => run.RemoteId.Contains(',', StringComparison.Ordinal)) is { } unlistable)
        {
            throw new PlatformException(new(
                PlatformErrorKind.BatchRefused, "unlistable_id", $"The run id '{unlistable.RemoteId}' cannot be used in a list of ids.", CertainlyNotActedOn: true));
        }

        var first = kind = KindOf(runs[0].Target);
        return runs.Any(run => ExecutionKind.Of(run.Target) != first) ? throw new ArgumentException("The runs are of different kinds.", nameof(runs))
            : kind == ExecutionKind.Pipeline ? PipelineRequests.PageOf(_team, runs)
            : _dialect.PageOf(_team, runs);
    }

    private ExecutionKind KindOf(ExecutionTarget? target)
    {
        var kind = ExecutionKind.Of(target);
        _usesPipelines |= kind == ExecutionKind.Pipeline;
        return kind;
    }

    private async Task<bool> IsPipelineAsync(RemoteRun run, CancellationToken cancellationToken) => run.Target is not null
        ? ExecutionKind.Of(run.Target) == ExecutionKind.Pipeline
        : await GetStatusAsync(ExecutionKind.Agent, run, cancellationToken) is PollAnswer.NotFound
            && await GetStatusAsync(ExecutionKind.Pipeline, run, cancellationToken) is PollAnswer.Seen;

    /// <summary>After a 404, either the path or the run does not exist. If the run can be read, it is the path, and cancel is treated as unsupported for a while.</summary>
    private async Task CheckCancelSupportAsync(RemoteRun run, PlatformException refusal, CancellationToken cancellationToken)
    {
        if (refusal.Error.StatusCode == 404 && await GetDetailAsync(run, cancellationToken) is not PollAnswer.Seen)
        {
            return;
        }

        Volatile.Write(ref _cancelRefusedUntil, (_time.GetUtcNow() + CancelRefusalDuration).UtcTicks);
        throw new PlatformException(
            refusal.Error with { Kind = PlatformErrorKind.Final, Code = "cancel_not_supported", Message = "The platform does not support cancelling a run." }, refusal);
    }

    // Its client recognizes a refused field by "details" at the top level, which no gateway sends.
    private static bool IsOwnError(JsonView body) => PlatformDialect.HasError(body) || body["details"].Items().Any(detail => detail["field"].Exists);

    // The documented form has everything inside "error"; the platform's client reads the top level.
    private static ErrorDetails ReadError(JsonView body)
    {
        var error = body["error"].IsObject ? body["error"] : body;
        return new(error["code"].Text(), error["message"].Text() ?? body["message"].Text() ?? body["error"].Text());
    }
}
