namespace Vigil.Platforms.Moderately;

internal sealed partial class ModeratelyConnection
{
    public Task<ActivePage> ListActiveAsync(string? cursor, int pageSize, CancellationToken cancellationToken) => ReadPageAsync(
        (page, size) =>
        {
            var agents = _dialect.PagesOf(_team, AgentExecution.ActiveWords, [], page, size).Select(address => (address, ExecutionKind.Agent));

            // A team that watches no pipeline need not pay for listing them.
            return _usesPipelines ? [.. agents, (PipelineRequests.PageOf(_team, AgentExecution.ActiveWords, [], page, size), ExecutionKind.Pipeline)] : [.. agents];
        },
        cursor,
        pageSize,
        (kind, items, next) => new ActivePage(kind.Format.ReadActive(items), next),
        cancellationToken);

    public ImmutableArray<FieldError> Check(RunFilter filter)
    {
        var errors = new List<FieldError>();
        errors.CheckStatuses(AgentExecution.Words, filter.Statuses);
        return [.. errors];
    }

    public Task<RunPage> ListRunsAsync(RunFilter filter, string? cursor, int pageSize, CancellationToken cancellationToken) => ReadPageAsync(
        (page, size) =>
        {
            var words = AgentExecution.Words.WordsOf(filter.Statuses);
            return filter.Kind == ExecutionKind.Pipeline.Target
                ? [(PipelineRequests.PageOf(_team, words, filter.Targets, page, size), ExecutionKind.Pipeline)]
                : [.. _dialect.PagesOf(_team, words, filter.Targets, page, size).Select(address => (address, ExecutionKind.Agent))];
        },
        cursor,
        pageSize,
        (kind, items, next) => new RunPage(kind.Format.ReadListed(items, item => item.Either("createdAt", "created_at").Time()), next),
        cancellationToken);

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var address = RemotePath.Build(_base, _dialect.PagesOf(_team, AgentExecution.ActiveWords, [], page: 1, pageSize: 1)[0]);
        using var response = await _http.GetAsync("The probe", address, cancellationToken);
    }

    /// <summary>Reads a page of one of the lists that together cover what is asked for. The cursor is "list.page".</summary>
    private async Task<T> ReadPageAsync<T>(
        Func<int, int, IReadOnlyList<(FormattableString Address, ExecutionKind Kind)>> listsOf,
        string? cursor,
        int pageSize,
        Func<ExecutionKind, IEnumerable<JsonView>, string?, T> read,
        CancellationToken cancellationToken)
    {
        var parts = (cursor ?? "0.1").Split('.');
        var (list, page) = (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
        var size = Math.Clamp(pageSize, 1, MaxPageSize);
        var lists = listsOf(page, size);
        var (address, kind) = lists[list];
        using var response = await _http.GetAsync("The list request", RemotePath.Build(_base, address), cancellationToken);
        (int List, int Page)? next = StatusPage.HasMore(response, size) ? (list, page + 1)
            : list + 1 < lists.Count ? (list + 1, 1)
            : null;
        return read(kind, response.List("items"), next is { } after ? string.Create(CultureInfo.InvariantCulture, $"{after.List}.{after.Page}") : null);
    }
}
