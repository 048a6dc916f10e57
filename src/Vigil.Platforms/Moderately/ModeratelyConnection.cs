namespace Vigil.Platforms.Moderately;

/// <summary>A team's account on Moderately AI.</summary>
internal sealed class ModeratelyConnection(
    ConnectionOptions connection, HttpClient http, TimeProvider time, IModeratelyDialect dialect, IReadOnlyList<string> targetKinds) : IPlatformConnection
{
    private const int MaxPageSize = 100;

    // The path may appear with an update of the platform, or a proxy may have hidden it.
    private static readonly TimeSpan CancelRefusalDuration = TimeSpan.FromMinutes(10);

    private static readonly Uri PublicAddress = new("https://api.moderately.ai/");

    private static readonly PlatformCapabilities Common = new() { MaxActivePage = MaxPageSize, ProbeFindsSomething = true, Steps = true };

    private readonly PlatformCapabilities _withoutCancel = Common with { MaxRunsPerPoll = dialect.MaxRunsPerPoll };
    private readonly PlatformCapabilities _capabilities = Common with { MaxRunsPerPoll = dialect.MaxRunsPerPoll, Cancel = true };
    private readonly Uri _base = connection.BaseAddress ?? PublicAddress;
    private readonly string _team = connection.Settings[ModeratelyPlatform.TeamSetting];
    private readonly PlatformHttp _http = new(connection, http, time, new PlatformDialect(PlatformDialect.Bearer, ReadError));
    private long _cancelRefusedUntil;

    /// <summary>
    /// Gets the capabilities. Cancel is assumed to be supported until a request shows that the path does not exist: the platform's client has the call, but
    /// its API description does not. What one request has shown is forgotten after ten minutes.
    /// </summary>
    public PlatformCapabilities Capabilities => time.GetUtcNow().UtcTicks < Volatile.Read(ref _cancelRefusedUntil) ? _withoutCancel : _capabilities;

    public ImmutableArray<FieldError> Check(StartExecution request, JsonElement? input) =>
        RunInput.Check(request, targetKinds, hasVersions: false, dialect.Options, errors => dialect.Check(request, errors));

    public async Task<Submitted> SubmitAsync(RunRequest request, CancellationToken cancellationToken)
    {
        var address = RemotePath.Build(_base, $"agent-executions?teamIds={_team}");
        using var response = await _http.ActAsync("The start", address, writer => dialect.WriteStart(writer, request), cancellationToken);
        return AgentExecution.Format.ReadStarted(response, response.Json());
    }

    public async Task<ImmutableArray<PollAnswer>> PollAsync(IReadOnlyList<RemoteRun> runs, ReadOnlyMemory<ulong> known, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(runs.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(runs.Count, dialect.MaxRunsPerPoll);
        if (runs.Count == 1)
        {
            return [await GetDetailAsync(runs[0], cancellationToken)];
        }

        if (runs.FirstOrDefault(run => run.RemoteId.Contains(',', StringComparison.Ordinal)) is { } unlistable)
        {
            throw new PlatformException(new(
                PlatformErrorKind.BatchRefused, "unlistable_id", $"The run id '{unlistable.RemoteId}' cannot be used in a list of ids.", CertainlyNotActedOn: true));
        }

        try
        {
            using var response = await _http.GetAsync("The status request", RemotePath.Build(_base, dialect.PageOf(_team, runs)), cancellationToken);
            return StatusPage.Read(response, runs, known.Span);
        }
        catch (PlatformException e)
        {
            throw new PlatformException(PlatformErrors.OfPoll(e.Error, runs.Count), e);
        }
    }

    public Task<PollAnswer> GetDetailAsync(RemoteRun run, CancellationToken cancellationToken) => AgentExecution.Format.PollAsync(
        run,
        () => _http.GetAsync("The status request", RemotePath.Build(_base, $"agent-executions/{run.RemoteId}?teamIds={_team}"), cancellationToken),
        () => _http.AcceptsAsync(ProbeAsync, cancellationToken));

    public Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken) => ReadPageAsync(
        AgentExecution.ActiveWords, [], cursor, pageSize, (items, next) => new ActivePage(AgentExecution.Format.ReadActive(items), next), cancellationToken);

    public ImmutableArray<FieldError> Check(RunFilter filter)
    {
        var errors = new List<FieldError>();
        errors.CheckStatuses(AgentExecution.Words, filter.Statuses);
        return [.. errors];
    }

    public Task<RunPage> ListRunsAsync(RunFilter filter, string? cursor, int pageSize, CancellationToken cancellationToken) => ReadPageAsync(
        AgentExecution.Words.WordsOf(filter.Statuses),
        filter.Targets,
        cursor,
        pageSize,
        (items, next) => new RunPage(AgentExecution.Format.ReadListed(items, item => item.Either("createdAt", "created_at").Time()), next),
        cancellationToken);

    public async Task CancelAsync(RemoteRun run, string? reason, CancellationToken cancellationToken)
    {
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

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var address = RemotePath.Build(_base, dialect.PagesOf(_team, AgentExecution.ActiveWords, [], page: 1, pageSize: 1)[0]);
        using var response = await _http.GetAsync("The probe", address, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Reads a page of one of the lists that together cover the statuses and targets. The cursor is "list.page".</summary>
    private async Task<T> ReadPageAsync<T>(
        IReadOnlyList<string> statuses,
        IReadOnlyList<string> targets,
        string? cursor,
        int pageSize,
        Func<IEnumerable<JsonView>, string?, T> read,
        CancellationToken cancellationToken)
    {
        var parts = (cursor ?? "0.1").Split('.');
        var (list, page) = (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
        var size = Math.Clamp(pageSize, 1, MaxPageSize);
        var pages = dialect.PagesOf(_team, statuses, targets, page, size);
        using var response = await _http.GetAsync("The list request", RemotePath.Build(_base, pages[list]), cancellationToken);
        (int List, int Page)? next = StatusPage.HasMore(response, size) ? (list, page + 1)
            : list + 1 < pages.Count ? (list + 1, 1)
            : null;
        return read(response.List("items"), next is { } after ? string.Create(CultureInfo.InvariantCulture, $"{after.List}.{after.Page}") : null);
    }

    /// <summary>After a 404, either the path or the run does not exist. If the run can be read, it is the path, and cancel is treated as unsupported for a while.</summary>
    private async Task CheckCancelSupportAsync(RemoteRun run, PlatformException refusal, CancellationToken cancellationToken)
    {
        if (refusal.Error.StatusCode == 404 && await GetDetailAsync(run, cancellationToken) is not PollAnswer.Seen)
        {
            return;
        }

        Volatile.Write(ref _cancelRefusedUntil, (time.GetUtcNow() + CancelRefusalDuration).UtcTicks);
        throw new PlatformException(
            refusal.Error with { Kind = PlatformErrorKind.Final, Code = "cancel_not_supported", Message = "The platform does not support cancelling a run." }, refusal);
    }

    // The documented form has everything inside "error"; the platform's client reads the top level.
    private static ErrorDetails ReadError(JsonView body)
    {
        var error = body["error"].IsObject ? body["error"] : body;
        return new(error["code"].Text(), error["message"].Text() ?? body["message"].Text() ?? body["error"].Text());
    }
}
